/** Redraws a few lines in place, at the end of what the terminal shows. */
export class Screen {
  #lines = 0;

  constructor(private readonly stream: NodeJS.WriteStream) {
    stream.write(hideCursor);
  }

  get width(): number {
    return this.stream.columns || 80;
  }

  /** Text of lines that are no wider than the terminal; longer ones are cut, or the count of lines would be wrong. */
  draw(text: string): void {
    const lines = text.split("\n").map((line) => line.slice(0, this.width));
    // What does not fit cannot be drawn over.
    const shown = lines.slice(0, Math.max(1, (this.stream.rows || 24) - 1));
    const up = this.#lines > 0 ? `\u001b[${this.#lines}A` : "";
    this.stream.write(`${up}\r${shown.map((line) => `${line}\u001b[K`).join("\n")}\n\u001b[J`);
    this.#lines = shown.length;
  }

  close(): void {
    this.stream.write(showCursor);
  }
}

const hideCursor = "\u001b[?25l";
const showCursor = "\u001b[?25h";
