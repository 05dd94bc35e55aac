/** Any value that fits an Avro schema, with a liking for the numbers and texts that programs stumble over. */
import avro from "avsc";
import fc from "fast-check";

/** The largest long of avsc: one less than what is safe. */
const largestLong = Number.MAX_SAFE_INTEGER - 1;
const largestDate = 8.64e15;

const longs = fc.oneof(
  fc.integer({ min: -largestLong, max: largestLong }),
  fc.constantFrom(0, -1, 1, largestDate, largestDate + 1, -largestDate - 1, largestLong, -largestLong),
  fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2100, 0) }),
);
const doubles = fc.oneof(
  fc.double(),
  fc.double({ min: 0.01, max: 1000, noNaN: true }),
  fc.constantFrom(0, -0, 5e-324, 1e-300, 1e300, Number.MAX_VALUE, -Number.MAX_VALUE, 2 ** 53 + 1, NaN, Infinity),
);
const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom(
    "",
    "AAPL",
    "1d",
    "1m",
    "__proto__",
    "constructor",
    "\u0000",
    "\u202egnp.exe",
    "\u200b\ufeff",
    `a${"\u0301".repeat(3000)}`,
    "\u{1f9d1}\u200d\u{1f680}".repeat(200),
    "x".repeat(20_000),
    "../../etc/passwd",
    "'; DROP TABLE bars; --",
  ),
);

export function arbitraryOf(type: avro.Type): fc.Arbitrary<unknown> {
  switch (type.typeName) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "int":
      return fc.integer();
    case "long":
      return longs;
    case "float":
      return fc.float();
    case "double":
      return doubles;
    case "string":
      return texts;
    case "bytes":
      return fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes));
  }
  if (type instanceof avro.types.RecordType) {
    return fc.record(Object.fromEntries(type.fields.map((field) => [field.name, arbitraryOf(field.type)])));
  }
  if (type instanceof avro.types.ArrayType) return fc.array(arbitraryOf(type.itemsType), { maxLength: 6 });
  if (type instanceof avro.types.EnumType) return fc.constantFrom(...type.symbols);
  if (type instanceof avro.types.MapType)
    return fc.dictionary(texts, arbitraryOf(type.valuesType as avro.Type), { maxKeys: 4 });
  if (type instanceof avro.types.FixedType) {
    return fc.uint8Array({ minLength: type.size, maxLength: type.size }).map((bytes) => Buffer.from(bytes));
  }
  if (type instanceof avro.types.UnwrappedUnionType) {
    const branches = type.types as readonly avro.Type[];
    return fc.oneof(...branches.map((branch) => arbitraryOf(branch)));
  }
  throw new Error(`no arbitrary for ${type.typeName}`);
}
