/** Plans, for a kind made up to have one attribute of each sort. */
import { type Attributes, UNKNOWN, type Value } from "../../../emulator/terraform/attributes";
import { conformBlock } from "../../../emulator/terraform/dynamic-value";
import { type Plannable, planChange } from "../../../emulator/terraform/plan";
import { JSON_TEXT } from "../../../emulator/terraform/policy-texts";
import type { BlockSchema } from "../../../emulator/terraform/schema/block";
import { merge } from "../../support/workspace";

const schema: BlockSchema = {
  attributes: {
    arn: { type: "string", computed: true },
    filled: { type: "string", optional: true, computed: true },
    id: { type: "string", optional: true, computed: true },
    modified: { type: "string", computed: true },
    name: { type: "string", required: true },
    note: { type: "string", optional: true },
    region: { type: "string", optional: true, computed: true },
    scopes: { type: ["set", "string"], optional: true },
    tags: { type: ["map", "string"], optional: true },
    tags_all: { type: ["map", "string"], optional: true, computed: true },
    timeout: { type: "number", optional: true },
  },
  blocks: {
    rule: {
      nesting: "list",
      block: {
        attributes: {
          action: { type: "string", optional: true },
          mode: { type: "string", optional: true },
          number: { type: "number", computed: true },
        },
        blocks: {},
      },
    },
    limits: { nesting: "single", block: { attributes: { most: { type: "number", optional: true } }, blocks: {} } },
  },
};

const kind: Plannable = {
  schema,
  forceNew: ["name", "rule"],
  defaults: { timeout: 3, "rule.mode": "allow", "limits.most": 10 },
};

const settings: { readonly region: string; readonly defaultTags: Value } = { region: "eu-west-1", defaultTags: null };

/** State after a plan was applied: whatever was unknown is known. */
const state: Attributes = conformBlock(schema, {
  arn: "arn:1",
  filled: "by AWS",
  id: "1",
  modified: "yesterday",
  name: "orders",
  region: "eu-west-1",
  scopes: ["read", "write"],
  tags_all: {},
  timeout: 3,
});

const config: Attributes = { name: "orders", scopes: ["write", "read"] };

function plan(prior: Attributes | null, given: Attributes, of: Partial<Plannable> = {}, provider = settings) {
  const wanted = conformBlock(schema, given);
  return planChange(
    { ...kind, ...of },
    { prior, proposed: merge(schema, prior ?? {}, wanted), config: wanted },
    provider,
  );
}

describe("planChange for a new resource", () => {
  it("knows what is given, defaults, region and tags, and not what AWS fills in", () => {
    expect(plan(null, config)).toEqual({
      planned: {
        arn: UNKNOWN,
        filled: UNKNOWN,
        id: UNKNOWN,
        modified: UNKNOWN,
        name: "orders",
        note: null,
        region: "eu-west-1",
        scopes: ["read", "write"],
        tags: null,
        tags_all: UNKNOWN,
        timeout: 3,
        rule: [],
        limits: null,
      },
      requiresReplace: [],
    });
  });

  it("prefers what is given to a default and to what AWS would fill in", () => {
    expect(plan(null, { ...config, timeout: 0, filled: "own" }).planned).toMatchObject({ timeout: 0, filled: "own" });
  });

  it("puts defaults and unknowns into nested blocks", () => {
    expect(plan(null, { ...config, rule: [{ action: "a" }, { mode: "deny" }], limits: {} }).planned).toMatchObject({
      rule: [
        { action: "a", mode: "allow", number: UNKNOWN },
        { action: null, mode: "deny", number: UNKNOWN },
      ],
      limits: { most: 10 },
    });
  });

  it("keeps what the configuration does not know yet unknown, whatever the default", () => {
    const unknowns = { name: UNKNOWN, timeout: UNKNOWN, scopes: UNKNOWN, rule: UNKNOWN, limits: UNKNOWN };

    expect(plan(null, unknowns).planned).toMatchObject(unknowns);
  });
});

describe("planChange for a resource that is there", () => {
  it("is the very state when nothing is to change", () => {
    expect(plan(state, config).planned).toBe(state);
  });

  it("does not mind the order of a set", () => {
    expect(plan(state, { ...config, scopes: ["read", "write"] }).planned).toBe(state);
    expect(plan(state, { ...config, scopes: ["write", "read"] }).planned).toBe(state);
  });

  it("leaves alone what AWS filled in, and does not know what any change changes", () => {
    const { planned, requiresReplace } = plan(state, { ...config, note: "new" });

    expect(planned).toEqual({ ...state, note: "new", modified: "yesterday" });
    expect(requiresReplace).toEqual([]);
  });

  it("goes back to the default, or to nothing, when an attribute is left out", () => {
    expect(plan({ ...state, timeout: 30, note: "old" }, config).planned).toMatchObject({ timeout: 3, note: null });
  });

  it("changes nothing of a block but what is given", () => {
    const before = { ...state, rule: [{ action: "a", mode: "allow", number: 7 }] };

    expect(plan(before, { ...config, rule: [{ action: "a" }] }).planned).toBe(before);
    expect(plan(before, { ...config, rule: [{ action: "b" }] }).planned).toMatchObject({
      rule: [{ action: "b", mode: "allow", number: 7 }],
    });
  });

  it("leaves out what AWS fills into a block that is added, as the real provider does", () => {
    const before = { ...state, rule: [{ action: "a", mode: "allow", number: 7 }] };

    expect(plan(before, { ...config, rule: [{ action: "a" }, { action: "b" }] }).planned).toMatchObject({
      rule: [{ number: 7 }, { action: "b", mode: "allow", number: null }],
    });
  });

  it.each<[Attributes, readonly string[]]>([
    [{ rule: [{ action: "a" }] }, ["rule"]],
    [{ rule: [{ mode: "deny" }] }, []],
  ])("is replaced by what changes in a block, and not by the block: %j", (changes, requiresReplace) => {
    expect(plan(state, { ...config, ...changes }, { forceNew: ["rule.action"] })).toMatchObject({ requiresReplace });
  });

  it.each<[string, Attributes, readonly string[]]>([
    ["an attribute that cannot change", { name: "other" }, ["name"]],
    ["one that is not known yet", { name: UNKNOWN }, ["name"]],
    ["a block that cannot change", { rule: [{ action: "a" }] }, ["rule"]],
    ["the region", { region: "us-east-1" }, ["region"]],
    ["several", { name: "other", region: "us-east-1", note: "new" }, ["name", "region"]],
    ["no other attribute", { note: "new", scopes: [], timeout: 5 }, []],
  ])("is a replacement because of %s", (_, changes, expected) => {
    expect([...plan(state, { ...config, ...changes }).requiresReplace].sort()).toEqual(expected);
  });

  it("is a replacement when the provider's region changes and the configuration names none", () => {
    const moved = plan(state, config, {}, { ...settings, region: "us-east-1" });

    expect(moved.requiresReplace).toEqual(["region"]);
    expect(moved.planned).toMatchObject({ region: "us-east-1" });
  });

  it("is in the provider's region when the state of 5.x of the provider names none", () => {
    const moved = plan({ ...state, region: null }, config);
    const elsewhere = plan({ ...state, region: null }, { ...config, region: "us-east-1" });

    expect([moved.requiresReplace, moved.planned]).toEqual([[], expect.objectContaining({ region: "eu-west-1" })]);
    expect(elsewhere.requiresReplace).toEqual(["region"]);
  });

  it("stays where the configuration says when the provider's region changes", () => {
    const provider = { ...settings, region: "us-east-1" };

    expect(plan(state, { ...config, region: "eu-west-1" }, {}, provider).planned).toBe(state);
  });

  it("is a change even when all that changes is not known yet", () => {
    expect(plan(state, { ...config, note: UNKNOWN }).planned).toEqual({
      ...state,
      note: UNKNOWN,
      modified: "yesterday",
    });
  });
});

describe("an empty value", () => {
  const none: Attributes = { note: null, scopes: null, tags: null };
  const empty: Attributes = { note: "", scopes: [], tags: {} };
  const text = { type: "string", optional: true } as const;
  const newer = { ...schema, attributes: { ...schema.attributes, id: { type: "string", computed: true } } } as const;

  it.each([
    ["none", { ...state, ...none }, { ...config, ...empty }],
    ["an empty one", { ...state, ...empty }, { ...config, ...none }],
  ])("is no change when state has %s", (_, before, given) => {
    expect(plan(before, given, { forceNew: Object.keys(empty) })).toEqual({ planned: before, requiresReplace: [] });
  });

  it("stays as state has it when something else changes", () => {
    const before = { ...state, ...none };

    expect(plan(before, { ...config, ...empty, timeout: 5 }).planned).toMatchObject({ ...none, timeout: 5 });
  });

  it("is a change when state has a value, and when a value takes its place", () => {
    expect(plan({ ...state, note: "old" }, { ...config, note: "" }).planned).toMatchObject({ note: "" });
    expect(plan({ ...state, note: "" }, { ...config, note: "new" }).planned).toMatchObject({ note: "new" });
  });

  it("is kept at creation when it is a text, and is none when it is a collection", () => {
    expect(plan(null, { ...config, ...empty }).planned).toMatchObject({ note: "", scopes: null, tags: null });
  });

  it("is what a collection becomes that is left out", () => {
    const before = { ...state, scopes: ["read"], tags: { a: "b" } };

    expect(plan(before, { ...config, scopes: null, tags: null }).planned).toMatchObject({ scopes: [], tags: {} });
  });

  it("of a collection is unknown as a whole when one of its elements is", () => {
    const planned = plan(null, { ...config, scopes: ["read", UNKNOWN], tags: { a: UNKNOWN } }).planned;

    expect(planned).toMatchObject({ scopes: UNKNOWN, tags: UNKNOWN });
  });

  it("is no change to a default, but another value than it", () => {
    expect(plan(state, { ...config, timeout: 0 }).planned).toMatchObject({ timeout: 0 });
  });

  it("leaves text to AWS that AWS fills in", () => {
    expect(plan(null, { ...config, filled: "" }).planned).toMatchObject({ filled: UNKNOWN });
    expect(plan(state, { ...config, filled: "" }).planned).toBe(state);
  });

  it("is no change within a block either", () => {
    const before = { ...state, rule: [{ action: null, mode: "allow", number: 7 }] };

    expect(plan(before, { ...config, rule: [{ action: "" }] }).planned).toEqual(before);
  });

  it("is no change within a block of a set, whatever the order", () => {
    const block: BlockSchema = { attributes: { action: text, mode: text }, blocks: {} };
    const asSet: BlockSchema = { ...schema, blocks: { rule: { nesting: "set", block } } };
    const rule = [
      { action: "a", mode: null },
      { action: null, mode: "b" },
    ];
    const before = conformBlock(asSet, { ...state, rule });
    const given = conformBlock(asSet, { ...config, rule: [{ action: "", mode: "b" }, { action: "a" }] });
    const wanted = { prior: before, proposed: merge(asSet, before, given), config: given };

    expect(planChange({ ...kind, schema: asSet, defaults: { timeout: 3 } }, wanted, settings).planned).toEqual(before);
  });

  it("is a value of its own to a resource of the newer framework", () => {
    const before = { ...state, ...none };

    expect(plan(before, { ...config, ...empty }, { schema: newer }).planned).toMatchObject(empty);
  });
});

describe("a block that AWS fills in", () => {
  const of: Partial<Plannable> = { computedBlocks: ["rule"], forceNew: [] };
  const filled = { ...state, rule: [{ action: "by AWS", mode: "allow", number: 7 }] };

  it("is not known before it is made, unless the configuration has one", () => {
    expect(plan(null, config, of).planned).toMatchObject({ rule: UNKNOWN });
    expect(plan(null, { ...config, rule: [{ action: "a" }] }, of).planned).toMatchObject({ rule: [{ action: "a" }] });
  });

  it("stays as it is when the configuration has none, or none any more", () => {
    expect(plan(filled, config, of).planned).toBe(filled);
    expect(plan(filled, { ...config, note: "new" }, of).planned).toMatchObject({ rule: filled.rule });
  });

  it("changes to what the configuration says", () => {
    expect(plan(filled, { ...config, rule: [{ action: "a" }] }, of).planned).toMatchObject({
      rule: [{ action: "a", mode: "allow", number: 7 }],
    });
  });
});

describe("an attribute whose text is JSON", () => {
  const of: Partial<Plannable> = { json: { note: JSON_TEXT } };
  const before = { ...state, note: '{"a":1,"b":[true]}' };

  it("is no change when it says the same in other words", () => {
    expect(plan(before, { ...config, note: '{ "b": [true],\n  "a": 1.0 }' }, of).planned).toBe(before);
  });

  it.each<[string, Value]>([
    ["says something else", '{"a":1,"b":[false]}'],
    ["has another order of a list", '{"a":1,"b":[true,true]}'],
    ["is no JSON", "{"],
    ["is not known yet", UNKNOWN],
    ["is left out", null],
  ])("changes when it %s", (_, note) => {
    expect(plan(before, { ...config, note }, of).planned).toMatchObject({ note });
  });

  it("is a change like any other when the attribute is not one of JSON", () => {
    const note = '{"b":[true],"a":1}';

    expect(plan(before, { ...config, note }).planned).toMatchObject({ note });
  });
});

describe("planChange for a resource to be deleted", () => {
  it("plans nothing", () => {
    expect(planChange(kind, { prior: state, proposed: null, config: null }, settings)).toEqual({
      planned: null,
      requiresReplace: [],
    });
  });
});

describe("tags_all", () => {
  const tagged = { ...settings, defaultTags: { team: "platform", stage: "dev" } };

  it.each<[string, Value, Value]>([
    ["the provider's when the resource has none", null, { team: "platform", stage: "dev" }],
    [
      "both, and the resource's own where they clash",
      { team: "orders", a: "b" },
      { team: "orders", stage: "dev", a: "b" },
    ],
    ["the same when both say the same", { team: "platform" }, { team: "platform", stage: "dev" }],
    ["without what the resource leaves open", { team: "orders", a: null }, { team: "orders", stage: "dev" }],
    ["unknown when the resource's are", UNKNOWN, UNKNOWN],
    ["unknown as a whole when one of them is", { team: "orders", a: UNKNOWN }, UNKNOWN],
  ])("are %s", (_, tags, expected) => {
    expect(plan(null, { ...config, tags }, {}, tagged).planned).toMatchObject({ tags_all: expected });
  });

  it.each<[string, Value]>([
    ["they are", UNKNOWN],
    ["one of them is", { team: UNKNOWN }],
  ])("are unknown when of the provider's %s", (_, defaultTags) => {
    const provider = { ...settings, defaultTags };

    expect(plan(null, { ...config, tags: { a: "b" } }, {}, provider).planned).toMatchObject({ tags_all: UNKNOWN });
  });

  it("are no change when planned again, though resource and provider say the same", () => {
    const tags = { team: "platform", own: "a" };
    const before = { ...state, tags, tags_all: { ...tagged.defaultTags, own: "a" } };

    expect(plan(before, { ...config, tags }, {}, tagged).planned).toBe(before);
  });

  it("change with the provider's", () => {
    expect(plan(state, config, {}, tagged).planned).toMatchObject({ tags: null, tags_all: tagged.defaultTags });
  });

  it("lose what neither has any more", () => {
    expect(plan({ ...state, tags: { a: "b" }, tags_all: { a: "b" } }, config).planned).toMatchObject({
      tags: {},
      tags_all: {},
    });
  });
});
