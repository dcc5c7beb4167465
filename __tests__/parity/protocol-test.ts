/** The embedded provider implements the calls of Terraform's protocol that the real one of its version implements. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { type RealProvider, startProviderFile } from "../../cli/embedded-aws/real-provider";
import { type Emulator, startEmulator } from "../../emulator/index";
import { kinds } from "../../emulator/services/resources";
import { NEWER_CALLS, ProviderConnection } from "../support/provider-client";
import { describeWithRealProvider } from "../support/real-provider";

jest.setTimeout(120_000);

/** What the real provider answers although it has no such thing either. Terraform calls them only for what a schema lists. */
const ONLY_REAL = [
  ...["CallFunction", "MoveResourceState", "ValidateEphemeralResourceConfig"],
  ...["OpenEphemeralResource", "RenewEphemeralResource", "CloseEphemeralResource"],
];

describeWithRealProvider("calls of the protocol, by both providers", (file) => {
  const folder = mkdtempSync(join(tmpdir(), "local-"));
  let provider: RealProvider;
  let emulator: Emulator;
  let real: ProviderConnection;
  let embedded: ProviderConnection;
  beforeAll(async () => {
    emulator = await startEmulator({ folder, workingDirectories: () => [folder] });
    provider = await startProviderFile(file, emulator.environment, { workingDirectory: folder });
    const connect = (environment: RealProvider["environment"]) =>
      new ProviderConnection(environment["TF_REATTACH_PROVIDERS"] ?? "");
    [real, embedded] = [connect(provider.environment), connect(emulator.environment)];
  });
  afterAll(async () => {
    real.close();
    embedded.close();
    await provider.close();
    await emulator.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(NEWER_CALLS)("%s is unimplemented", async (name) => {
    expect([await real.callRaw(name), await embedded.callRaw(name)]).toEqual([
      { code: status.UNIMPLEMENTED },
      { code: status.UNIMPLEMENTED },
    ]);
  });

  it.each(ONLY_REAL)("%s is implemented by the real one only", async (name) => {
    expect([(await real.callRaw(name)).code, (await embedded.callRaw(name)).code]).toEqual([
      status.OK,
      status.UNIMPLEMENTED,
    ]);
  });

  it.each(["GetSchema", "GetMetadata", "GetFunctions"])("%s is implemented", async (name) => {
    expect([(await real.callRaw(name)).code, (await embedded.callRaw(name)).code]).toEqual([status.OK, status.OK]);
  });

  it("GetSchema says that Terraform can keep the schema", async () => {
    const answers = [await real.call("GetSchema", {}), await embedded.call("GetSchema", {})];

    expect(answers.map((answer) => answer.server_capabilities)).toEqual([
      { get_provider_schema_optional: true },
      { get_provider_schema_optional: true },
    ]);
  });

  it("GetMetadata lists types that the real one has", async () => {
    const [theirs, ours] = [await real.call("GetMetadata", {}), await embedded.call("GetMetadata", {})];
    const known = new Set(theirs.resources?.map(({ type_name }) => type_name));

    expect(known.size).toBeGreaterThan(1000);
    expect(ours.resources?.length).toBe(kinds.size);
    expect(ours.resources?.filter(({ type_name }) => !known.has(type_name))).toEqual([]);
  });
});
