"""What has to outlive the process: positions, frames, state, findings; in SQLite or PostgreSQL."""
