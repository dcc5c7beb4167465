/**
 * The embedded and the real provider are asked to validate and plan the same configurations. Without PARITY=full it is a
 * sample of them: of each attribute a change, of each type every kind of change, and all that an allowed difference names.
 */
import { appendFileSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../emulator/index";
import type { BlockSchema } from "../../emulator/terraform/schema/block";
import { dataSourceTypes, resourceTypes } from "../../emulator/terraform/schema/resource-types";
import {
  AllowedDifferences,
  DIFFERENTIAL,
  type Difference,
  type FoundDifference,
} from "../support/parity/allowed-differences";
import { commonSchema, compareReads, comparisonOf, schemaDifferences } from "../support/parity/comparison";
import { ExampleAccount } from "../support/parity/example-account";
import {
  chosen,
  type Mutation,
  pairedMutations,
  refusedByTerraform,
  sampled,
  singleMutations,
} from "../support/parity/mutations";
import { isFullParity } from "../support/parity/parity-kinds";
import { RestartingProvider } from "../support/parity/restarting-provider";
import { ProviderClient, type ProviderSchemas } from "../support/provider-client";
import { describeWithRealProvider } from "../support/real-provider";
import { functionZip } from "../support/workspace";

jest.setTimeout(300_000);

const SEED = 20_250_612;
const PAIRS = 20;
const PAIRS_OF_SAMPLE = 2;

/** The real provider takes long for each configuration of a type with statements in statements in statements. */
const FEWER_CHANGES: Readonly<Record<string, { readonly singles: number; readonly pairs: number }>> = {
  aws_wafv2_web_acl: isFullParity ? { singles: 30, pairs: 5 } : { singles: 1, pairs: 0 },
};

/** Values that the stack has by default, and that only 6.x of the provider knows. */
const NEWER = [{ type: "aws_lambda_function", path: "runtime", value: "nodejs24.x" }];

/** Where to write what was found, for a look at all differences at once. */
const REPORT = process.env["DIFFERENTIAL_REPORT"];

describeWithRealProvider("differential", (file) => {
  const allowed = AllowedDifferences.about(DIFFERENTIAL);
  let emulator: Emulator;
  let embedded: ProviderClient;
  let real: RestartingProvider;
  let schemas: { readonly embedded: ProviderSchemas; readonly real: ProviderSchemas };
  let examples: ExampleAccount;

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), "differential-"));
    writeFileSync(join(folder, "function.zip"), functionZip);
    emulator = await startEmulator({ folder: join(folder, "local"), workingDirectories: () => [folder] });
    embedded = new ProviderClient(emulator.environment["TF_REATTACH_PROVIDERS"] ?? "");
    real = new RestartingProvider(file, emulator.environment, folder);
    schemas = { embedded: await embedded.schemas(), real: await real.schemas() };
    await embedded.configure({ region: "eu-west-1" });
    examples = new ExampleAccount(embedded, folder);
  });

  afterAll(async () => {
    embedded.close();
    await real.close();
    await emulator.close();
  });

  /** The configurations of a type that Terraform would hand to both providers. */
  async function casesOf(type: string, ours: BlockSchema, theirs: BlockSchema) {
    const { config, state } = await examples.example(type);
    const common = commonSchema(ours, theirs);
    const all = singleMutations(common, config);
    const { singles, pairs } = FEWER_CHANGES[type] ?? { singles: all.length, pairs: PAIRS };
    const isLarge = FEWER_CHANGES[type] !== undefined;
    const ofAll = chosen(all, singles, SEED);
    const pairsOfAll = pairedMutations(common, config, pairs, SEED);
    const isNamed = ({ path, name }: Mutation) => allowed.isAbout(type, path, `create:${name}`);
    const sample = isLarge
      ? [...chosen(all.filter(isNamed), 2, SEED), ...ofAll, ...pairsOfAll]
      : [
          ...sampled(ofAll, SEED, isNamed),
          ...pairsOfAll.filter((pair, index) => index < PAIRS_OF_SAMPLE || isNamed(pair)),
        ];
    const mutations: readonly Mutation[] = [
      { path: "", name: "none", config },
      ...NEWER.filter((newer) => newer.type === type).map(({ path, value }) => ({
        path,
        name: "newer",
        config: { ...config, [path]: value },
      })),
      ...(isFullParity ? [...ofAll, ...pairsOfAll] : sample),
    ];
    const isAsked = ({ config: changed }: Mutation) =>
      [ours, theirs].every((schema) => refusedByTerraform(schema, changed) === undefined);
    return { state, mutations: mutations.filter(isAsked) };
  }

  it.each(resourceTypes)("%s", async (type) => {
    const [ours, theirs] = [schemas.embedded, schemas.real].map(({ resources }) => resources.get(type));
    if (ours === undefined || theirs === undefined) throw new Error(`one of the providers has no ${type}`);
    const { state, mutations } = await casesOf(type, ours, theirs);
    const sides = [
      { connection: embedded, schema: ours },
      { connection: real, schema: theirs },
    ] as const;
    const found: FoundDifference[] = [];
    const add = (mutation: string, changed: string, differences: readonly Difference[]) =>
      found.push(...differences.map((difference) => ({ resource: type, mutation, changed, ...difference })));

    add("none", "", schemaDifferences(ours, theirs));
    for (const { path, name, config } of mutations) {
      if (allowed.isCrash(type, path, `create:${name}`)) continue;
      const compare = comparisonOf(...sides, type, config);
      const created = await compare(null);
      add(`create:${name}`, path, created);
      // What a creation is refused, an update is refused as well.
      if (created.some(({ differs }) => differs !== "planned")) continue;
      // Of such a type, the sample updates the example alone.
      if (!isFullParity && FEWER_CHANGES[type] !== undefined && name !== "none") continue;
      add(`update:${name}`, path, await compare(state));
    }

    if (REPORT !== undefined) appendFileSync(REPORT, found.map((one) => `${JSON.stringify(one)}\n`).join(""));
    expect(found.filter((difference) => !allowed.has(difference))).toEqual([]);
  });

  it.each(dataSourceTypes)("data.%s", async (type) => {
    const [ours, theirs] = [schemas.embedded, schemas.real].map(({ dataSources }) => dataSources.get(type));
    if (ours === undefined || theirs === undefined) throw new Error(`one of the providers has no data source ${type}`);
    const sides = [
      { connection: embedded, schema: ours },
      { connection: real, schema: theirs },
    ] as const;
    const found: FoundDifference[] = [];
    const all = singleMutations(commonSchema(ours, theirs), {});
    const isNamed = ({ path, name }: Mutation) => allowed.isAbout(`data.${type}`, path, `read:${name}`);
    for (const { path, name, config } of isFullParity ? all : sampled(all, SEED, isNamed)) {
      if ([ours, theirs].some((schema) => refusedByTerraform(schema, config) !== undefined)) continue;
      const differences = await compareReads(...sides, type, config);
      found.push(
        ...differences.map((one) => ({ resource: `data.${type}`, mutation: `read:${name}`, changed: path, ...one })),
      );
    }

    if (REPORT !== undefined) appendFileSync(REPORT, found.map((one) => `${JSON.stringify(one)}\n`).join(""));
    expect(found.filter((difference) => !allowed.has(difference))).toEqual([]);
  });

  it("needs every line of differences.json", () => {
    expect(allowed.unused()).toEqual([]);
  });
});
