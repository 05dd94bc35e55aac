import { ColumnNotes } from "./columns.js";

/** What is to be said of a file beside its lines; complete once the file is read. */
export class FileNotes {
  readonly columns = new ColumnNotes();
  readonly remarks: string[] = [];
}
