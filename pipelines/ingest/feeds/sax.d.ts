/** What is used of sax 1.6 (https://github.com/isaacs/sax-js): it brings no types of its own. */
declare module "sax" {
  export interface Tag {
    readonly name: string;
    readonly attributes: Readonly<Record<string, string>>;
  }
  export interface SAXParser {
    onopentag: (tag: Tag) => void;
    onattribute: () => void;
    onclosetag: (name: string) => void;
    ontext: (text: string) => void;
    oncdata: (text: string) => void;
    onerror: (error: Error) => void;
    error: Error | null;
    write(text: string): SAXParser;
    close(): SAXParser;
  }
  const sax: {
    parser(strict: boolean, options: { lowercase: boolean; noscript: boolean; position: boolean }): SAXParser;
    /** HTML's named characters. */
    readonly ENTITIES: Readonly<Record<string, string>>;
  };
  export default sax;
}
