import { ColumnNotes } from "./columns.js";
import { WithoutExchange } from "./universe/index.js";

/** What is to be said of a file beside its lines; complete once the file is read. */
export class FileNotes {
  readonly columns = new ColumnNotes();
  readonly remarks: string[] = [];
  readonly withoutExchange = new WithoutExchange();
  /** Why it begins with the newest record, where it does. */
  newestFirst: string | undefined;

  /** All that is to be said, but for its columns. */
  said(): string[] {
    return [...this.remarks, ...this.withoutExchange.remarks()];
  }
}
