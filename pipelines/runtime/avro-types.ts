import avro from "avsc";

/** What avsc gives the types for writing: the place goes on even where the buffer ends, and the caller looks afterwards. */
interface Tap {
  readonly buf: Buffer;
  pos: number;
  writeLong(value: number): void;
  readLong(): number;
  readString(): string;
}

/** What avsc calls by itself, and does not declare. */
interface Reader {
  _read(tap: Tap): unknown;
  _skip(tap: Tap): void;
}

/**
 * The items of the next block. An item takes a byte at least, so that no more can follow than there are bytes: avsc itself
 * accepts any number, and 20 bytes that announce 2^40 items would take all memory.
 *
 * @returns 0 at the end
 */
function blockLength(tap: Tap): number {
  let count = tap.readLong();
  if (count < 0) {
    count = -count;
    tap.readLong();
  }
  const left = tap.buf.length - tap.pos;
  if (count > left) throw new Error(`${count} items are announced, and ${Math.max(0, left)} bytes follow`);
  return count;
}

/** avsc takes the methods over into its resolvers, so they may use nothing but what a resolver has too. */
class BoundedArrayType extends avro.types.ArrayType {
  _read(tap: Tap): unknown[] {
    const items = this.itemsType as unknown as Reader;
    const values: unknown[] = [];
    for (let count = blockLength(tap); count > 0; count = blockLength(tap)) {
      for (; count > 0; count -= 1) values.push(items._read(tap));
    }
    return values;
  }

  _skip(tap: Tap): void {
    const items = this.itemsType as unknown as Reader;
    for (let count = blockLength(tap); count > 0; count = blockLength(tap)) {
      for (; count > 0; count -= 1) items._skip(tap);
    }
  }
}

class BoundedMapType extends avro.types.MapType {
  _read(tap: Tap): Record<string, unknown> {
    const values = this.valuesType as unknown as Reader;
    const entries: [string, unknown][] = [];
    for (let count = blockLength(tap); count > 0; count = blockLength(tap)) {
      for (; count > 0; count -= 1) entries.push([tap.readString(), values._read(tap)]);
    }
    return Object.fromEntries(entries);
  }

  _skip(tap: Tap): void {
    const values = this.valuesType as unknown as Reader;
    for (let count = blockLength(tap); count > 0; count = blockLength(tap)) {
      for (; count > 0; count -= 1) {
        tap.readString();
        values._skip(tap);
      }
    }
  }
}

/**
 * An array of doubles, written in one go: avsc writes what is longer than 1 KiB twice, and each number through three
 * calls. The bytes are the same.
 */
class DoubleArrayType extends BoundedArrayType {
  _write(tap: Tap, values: unknown): void {
    if (!Array.isArray(values)) return this.#writeSlowly(tap, values);
    const start = tap.pos;
    const count = values.length;
    if (count > 0) {
      tap.writeLong(count);
      const { buf, pos } = tap;
      const end = pos + 8 * count;
      if (end <= buf.length) {
        const view = new DataView(buf.buffer, buf.byteOffset, buf.length);
        for (let index = 0, at = pos; index < count; index += 1, at += 8) {
          const value: unknown = values[index];
          if (typeof value !== "number") {
            tap.pos = start;
            return this.#writeSlowly(tap, values);
          }
          view.setFloat64(at, value, true);
        }
      }
      tap.pos = end;
    }
    tap.writeLong(0);
  }

  /** avsc's own way, which also reports what is wrong with a value. */
  #writeSlowly(tap: Tap, values: unknown): void {
    (avro.types.ArrayType.prototype as unknown as { _write(tap: Tap, values: unknown): void })._write.call(
      this,
      tap,
      values,
    );
  }
}

/** The type of an Avro schema. Reading it takes no more memory than a few times the bytes that are read. */
export function parseSchema(schema: avro.Schema): avro.Type {
  return avro.Type.forSchema(schema, {
    typeHook: (attributes, options) => {
      const { type, items } = attributes as { type?: unknown; items?: unknown };
      if (type === "array") return new (items === "double" ? DoubleArrayType : BoundedArrayType)(attributes, options);
      return type === "map" ? new BoundedMapType(attributes, options) : undefined;
    },
  });
}
