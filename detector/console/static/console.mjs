// What pages do beyond links and forms. Each part finds what it works on, or does nothing.
import { startBulk } from "./bulk.mjs";
import { startExpanding } from "./expand.mjs";
import { startKeys } from "./keyboard.mjs";
import { startLive } from "./live.mjs";
import { startOpening } from "./opening.mjs";
import { startToasts } from "./toasts.mjs";

startToasts();
startBulk();
startExpanding();
startLive();
startOpening();
startKeys();
