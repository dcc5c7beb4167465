/** Names of secrets that deleted ones still keep, so that a deployment would fail half-way. */
import { z } from "zod";
import type { Client, Environment } from "../../access/access-model";
import { callAws } from "../../platform/aws-call";
import { refusalIn } from "../../platform/caller-account";
import { synthesizedStacks } from "../../platform/synthesis";
import { UserError } from "../../platform/user-error";
import type { Finding } from "./checks";

const described = z.object({ ARN: z.string(), DeletedDate: z.number().optional() });
const stack = z.object({
  resource: z.object({ aws_secretsmanager_secret: z.record(z.string(), z.object({ name: z.string() })).default({}) }),
});

/**
 * Looks at the name of every client's secret, as it is synthesized; nothing when there is none.
 * @throws {UserError} when AWS does not tell, or the stack cannot be synthesized
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html
 */
export async function secretNames(
  { name: environment, region }: Environment,
  clients: readonly Client[],
): Promise<readonly Finding[]> {
  if (clients.every(({ secret }) => secret === undefined)) return [];
  const json = (await synthesizedStacks()).find((one) => one.environment === environment)?.json;
  const secrets = Object.entries(stack.parse(json).resource.aws_secretsmanager_secret);
  const findings: Finding[] = [];
  for (const [id, { name }] of secrets) {
    const found = await describeSecret(region, name);
    if (found?.DeletedDate === undefined) continue;
    findings.push(
      taken({ region, name, address: `aws_secretsmanager_secret.${id}`, ...found, until: found.DeletedDate }),
    );
  }
  if (findings.length > 0) return findings;
  return [{ subject: "names of secrets", isRight: true, found: "no deleted secret keeps one", remedy: [] }];
}

async function describeSecret(region: string, name: string): Promise<z.infer<typeof described> | undefined> {
  const answer = await callAws({
    service: "secretsmanager",
    region,
    method: "POST",
    headers: { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "secretsmanager.DescribeSecret" },
    body: JSON.stringify({ SecretId: name }),
  });
  if (answer.status === 200) return described.parse(JSON.parse(answer.body));
  if (answer.body.includes("ResourceNotFoundException")) return undefined;
  throw new UserError(`Secrets Manager does not tell of ${name}: ${refusalIn(answer)}`);
}

/** A deleted secret and, where Terraform has it, its address; until when it is kept, in seconds since 1970. */
interface Taken {
  readonly region: string;
  readonly name: string;
  readonly address: string;
  readonly ARN: string;
  readonly until: number;
}

function taken({ region, name, address, ARN, until }: Taken): Finding {
  return {
    subject: "name of a secret",
    isRight: false,
    found: `${name} is deleted, but keeps its name until ${new Date(until * 1000).toISOString()}`,
    remedy: [
      "Bring it back, and let Terraform have it (in the stack's folder, after cdktf synth and terraform init):",
      `  aws secretsmanager restore-secret --region ${region} --secret-id ${name}`,
      `  terraform import ${address} ${ARN}`,
      "Or give it up for good:",
      `  aws secretsmanager delete-secret --region ${region} --secret-id ${name} --force-delete-without-recovery`,
    ],
  };
}
