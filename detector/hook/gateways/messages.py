"""The messages of Envoy's external authorization, version 3, as far as we read and write them.

Their names and field numbers are those of `envoy.service.auth.v3`; fields that are not listed are skipped.
Packages that have them all bring modules of other people's names along (`google`, `opentelemetry`, `test`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, struct_pb2

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor

PACKAGE: Final = "envoy.service.auth.v3"
SERVICE: Final = f"{PACKAGE}.Authorization"
METHOD: Final = "Check"

_FIELD = descriptor_pb2.FieldDescriptorProto
_TYPES: Final = {"string": _FIELD.TYPE_STRING, "int32": _FIELD.TYPE_INT32, "bool": _FIELD.TYPE_BOOL}

# Enumerations are int32 on the wire. `*`: repeated; `map`: of texts by texts.
_MESSAGES: Final = {
    "CheckRequest": {"attributes": (1, "AttributeContext")},
    "AttributeContext": {"request": (4, "Request"), "context_extensions": (10, "map")},
    "Request": {"http": (2, "HttpRequest")},
    "HttpRequest": {"id": (1, "string"), "headers": (3, "map")},
    "CheckResponse": {
        "status": (1, "Status"),
        "denied_response": (2, "DeniedHttpResponse"),
        "ok_response": (3, "OkHttpResponse"),
        "dynamic_metadata": (4, ".google.protobuf.Struct"),
    },
    "Status": {"code": (1, "int32"), "message": (2, "string")},
    "DeniedHttpResponse": {
        "status": (1, "HttpStatus"),
        "headers": (2, "*HeaderValueOption"),
        "body": (3, "string"),
    },
    "OkHttpResponse": {
        "headers": (2, "*HeaderValueOption"),
        "headers_to_remove": (5, "*string"),
        "response_headers_to_add": (6, "*HeaderValueOption"),
    },
    "HttpStatus": {"code": (1, "int32")},
    "HeaderValueOption": {"header": (1, "HeaderValue"), "append_action": (3, "int32")},
    "HeaderValue": {"key": (1, "string"), "value": (2, "string")},
}
OVERWRITE: Final = 2
"""`append_action`: in place of what the client sent under this name"""


class Messages:
    """The classes, in a pool of their own: another copy of the same names in this process does no harm."""

    def __init__(self) -> None:
        pool = descriptor_pool.DescriptorPool()
        pool.Add(_copied(struct_pb2.DESCRIPTOR))
        pool.Add(_file())
        self._pool = pool
        self.request = self._class("CheckRequest")
        self.response = self._class("CheckResponse")

    def _class(self, name: str) -> Any:
        found: Descriptor = self._pool.FindMessageTypeByName(f"{PACKAGE}.{name}")
        return message_factory.GetMessageClass(found)


def _copied(descriptor: Any) -> descriptor_pb2.FileDescriptorProto:
    copy = descriptor_pb2.FileDescriptorProto()
    descriptor.CopyToProto(copy)
    return copy


def _file() -> descriptor_pb2.FileDescriptorProto:
    made = descriptor_pb2.FileDescriptorProto(
        name="stillwatch_ext_authz.proto",
        package=PACKAGE,
        syntax="proto3",
        dependency=["google/protobuf/struct.proto"],
    )
    for name, fields in _MESSAGES.items():
        message = made.message_type.add(name=name)
        for field, (number, kind) in fields.items():
            _add(message, field, number, kind)
    return made


def _add(message: descriptor_pb2.DescriptorProto, name: str, number: int, kind: str) -> None:
    field = message.field.add(name=name, number=number)
    repeated = kind == "map" or kind.startswith("*")
    field.label = _FIELD.LABEL_REPEATED if repeated else _FIELD.LABEL_OPTIONAL
    plain = kind.removeprefix("*")
    if plain in _TYPES:
        field.type = _TYPES[plain]
        return
    field.type = _FIELD.TYPE_MESSAGE
    field.type_name = plain if plain.startswith(".") else f".{PACKAGE}.{plain}"
    if kind == "map":
        field.type_name = f".{PACKAGE}.{message.name}.{_add_entry(message, name)}"


def _add_entry(message: descriptor_pb2.DescriptorProto, name: str) -> str:
    """A map is a repeated message of key and value, whose name protobuf prescribes."""
    entry = message.nested_type.add(name="".join(part.title() for part in name.split("_")) + "Entry")
    entry.options.map_entry = True
    for number, part in enumerate(("key", "value"), 1):
        _add(entry, part, number, "string")
    return entry.name
