/** A real provider that is started again after it crashed: some configurations make it panic while it plans. */
import { type RealProvider, startProviderFile } from "../../../cli/embedded-aws/real-provider";
import type { Attributes } from "../../../emulator/terraform/attributes";
import { encode } from "../../../emulator/terraform/dynamic-value";
import { type ProtocolAnswer, type ProtocolCaller, ProviderConnection, type ProviderSchemas } from "../provider-client";
import { CrashError } from "./comparison";

const UNAVAILABLE = 14;

/** Settings with which the real provider asks nothing of AWS before it plans. */
const SETTINGS: Attributes = {
  region: "eu-west-1",
  access_key: "embedded-aws",
  secret_key: "embedded-aws",
  skip_credentials_validation: true,
  skip_requesting_account_id: true,
  skip_metadata_api_check: "true",
};

export class RestartingProvider implements ProtocolCaller {
  private running: Promise<Running> | undefined;

  /**
   * @param file path of the provider
   * @param environment environment of the embedded AWS
   * @param folder working directory
   */
  constructor(
    private readonly file: string,
    private readonly environment: Readonly<Record<string, string | undefined>>,
    private readonly folder: string,
  ) {}

  async schemas(): Promise<ProviderSchemas> {
    return (await this.started()).schemas;
  }

  /** @throws {CrashError} when the provider's process ends; the next call starts another one */
  async call(name: string, request: object): Promise<ProtocolAnswer> {
    const { connection } = await this.started();
    try {
      return await connection.call(name, request);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      await this.close();
      throw new CrashError(`the process ended in ${name}`);
    }
  }

  async close(): Promise<void> {
    const running = await this.running;
    this.running = undefined;
    running?.connection.close();
    await running?.provider.close();
  }

  private started(): Promise<Running> {
    this.running ??= this.start();
    return this.running;
  }

  private async start(): Promise<Running> {
    const provider = await startProviderFile(this.file, this.environment, { workingDirectory: this.folder });
    const connection = new ProviderConnection(provider.environment["TF_REATTACH_PROVIDERS"] ?? "");
    const schemas = await connection.schemas();
    const config = encode(schemas.provider, SETTINGS);
    const { diagnostics = [] } = await connection.call("Configure", { terraform_version: "1.11.4", config });
    if (diagnostics.some(({ severity }) => severity === "ERROR")) throw new Error(JSON.stringify(diagnostics));
    return { provider, connection, schemas };
  }
}

interface Running {
  readonly provider: RealProvider;
  readonly connection: ProviderConnection;
  readonly schemas: ProviderSchemas;
}

function isUnavailable(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === UNAVAILABLE;
}
