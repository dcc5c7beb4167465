import { relationMistakes } from "../../../emulator/terraform/attribute-relations";
import { UNKNOWN } from "../../../emulator/terraform/attributes";

const code = { exactlyOneOf: [["filename", "image_uri", "s3_bucket"]] };
const names = { conflictsWith: { name: ["name_prefix"], name_prefix: ["name"] } };
const object = { requiredWith: { s3_bucket: ["s3_key"], s3_key: ["s3_bucket"] } };

const schema = { attributes: {}, blocks: { rule: { nesting: "set", block: { attributes: {}, blocks: {} } } } } as const;

describe("relationMistakes", () => {
  it("refuses a group of which none is set, at each of its attributes", () => {
    const detail = "one of `filename,image_uri,s3_bucket` must be specified";

    expect(relationMistakes(schema, {}, code)).toEqual(
      ["filename", "image_uri", "s3_bucket"].map((name) => ({
        summary: "Invalid combination of arguments",
        detail: `"${name}": ${detail}`,
        steps: [name],
      })),
    );
  });

  it("refuses a group of which two are set, even to an empty text", () => {
    const [mistake] = relationMistakes(schema, { filename: "a.zip", image_uri: "" }, code);

    expect(mistake?.detail).toBe(
      '"filename": only one of `filename,image_uri,s3_bucket` can be specified, but `filename,image_uri` were specified.',
    );
  });

  it.each([{ filename: "a.zip" }, { filename: UNKNOWN }, { filename: "a.zip", s3_bucket: UNKNOWN }])(
    "takes one of a group, and what is not known yet: %j",
    (config) => {
      expect(relationMistakes(schema, config, code)).toEqual([]);
    },
  );

  it("refuses attributes that exclude each other, each by itself", () => {
    expect(relationMistakes(schema, { name: "a", name_prefix: "" }, names)).toEqual([
      { summary: "Conflicting configuration arguments", detail: '"name": conflicts with name_prefix', steps: ["name"] },
      {
        summary: "Conflicting configuration arguments",
        detail: '"name_prefix": conflicts with name',
        steps: ["name_prefix"],
      },
    ]);
  });

  it.each([{ name: "a" }, { name: "a", name_prefix: null }, { name: "a", name_prefix: UNKNOWN }])(
    "takes one of them: %j",
    (config) => {
      expect(relationMistakes(schema, config, names)).toEqual([]);
    },
  );

  it("refuses what a block has in another place, at both places", () => {
    const twice = { conflictsWith: { message: ["template.message"], "template.message": ["message"] } };
    const config = { message: "one", template: [{ message: "other" }] };

    expect(relationMistakes(schema, config, twice).map(({ detail, steps }) => [detail, steps])).toEqual([
      ['"message": conflicts with template.0.message', ["message"]],
      ['"template.0.message": conflicts with message', ["template", 0, "message"]],
    ]);
    expect(relationMistakes(schema, { ...config, template: [] }, twice)).toEqual([]);
  });

  it("reports only the first mistake of an attribute", () => {
    const mistakes = relationMistakes(schema, { filename: "a.zip", s3_bucket: "" }, { ...code, ...object });

    expect(mistakes.map(({ summary, steps }) => [summary, ...steps])).toEqual(
      ["filename", "image_uri", "s3_bucket"].map((name) => ["Invalid combination of arguments", name]),
    );
  });

  it("refuses an attribute without the one that it needs", () => {
    expect(relationMistakes(schema, { s3_key: "a.zip" }, object)).toEqual([
      {
        summary: "Missing required argument",
        detail: '"s3_key": all of `s3_bucket,s3_key` must be specified',
        steps: ["s3_key"],
      },
    ]);
  });
});
