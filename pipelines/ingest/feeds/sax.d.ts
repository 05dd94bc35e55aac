/** What is used of sax 1.6 (https://github.com/isaacs/sax-js): it brings no types of its own. */
declare module "sax" {
  export interface QualifiedTag {
    readonly name: string;
    readonly prefix: string;
    readonly local: string;
    readonly uri: string;
    readonly attributes: Record<string, { readonly value: string; readonly local: string; readonly prefix: string }>;
  }
  export interface SAXParser {
    onopentag: (tag: QualifiedTag) => void;
    onclosetag: (name: string) => void;
    ontext: (text: string) => void;
    oncdata: (text: string) => void;
    onerror: (error: Error) => void;
    error: Error | null;
    write(text: string): SAXParser;
    close(): SAXParser;
  }
  const sax: {
    parser(
      strict: boolean,
      options: { lowercase: boolean; xmlns: boolean; noscript: boolean; position: boolean },
    ): SAXParser;
    /** HTML's named characters. */
    readonly ENTITIES: Readonly<Record<string, string>>;
  };
  export default sax;
}
