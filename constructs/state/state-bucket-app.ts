/** The app of the state's bucket: synthesizes its stack for one environment of the access.yaml of the current folder. */
import { join } from "node:path";
import { App } from "cdktf";
import { AccessModelError, readAccessModel } from "../../access/access-model";
import { addGuards } from "../guards/guards";
import { StateBucketStack } from "./state-bucket";

/**
 * @param folder folder of access.yaml
 * @param name of an environment whose state is in S3
 */
function main(folder: string, name: string): void {
  try {
    const { environments } = readAccessModel(join(folder, "access.yaml"));
    const environment = environments.find((one) => one.name === name);
    if (environment?.backend.kind !== "s3") throw new Error(`${name} keeps no state in S3`);
    const app = new App();
    new StateBucketStack(app, environment.backend.bucket, { environment, backend: environment.backend });
    addGuards(app);
    app.synth();
  } catch (error) {
    if (!(error instanceof AccessModelError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

if (require.main === module) main(process.cwd(), process.argv[2] ?? "");
