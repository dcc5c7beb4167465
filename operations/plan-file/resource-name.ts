/** How a resource is called where people read about it. Pure. */
import { z } from "zod";
import type { NormalizedStack } from "../../constructs/contract/stack-json";
import { jsonIn } from "../../platform/json";

const metadata = z.object({ "//": z.object({ metadata: z.object({ path: z.string() }) }) });

/**
 * Its construct's path, such as `identity/client-billing`; Terraform's name when the code does not have it; the key of an
 * instance that has one.
 * @param address such as `aws_iam_role.functions_role_1A2B`
 * @param code resources of the synthesized stack
 */
export function resourceName(address: string, code: NormalizedStack["resource"]): string {
  const key = keyOf(address);
  if (key !== undefined) return key;
  const [type = "", name = address] = partsOf(address);
  const noted = metadata.safeParse(code[type]?.[name]);
  return noted.data?.["//"].metadata.path.split("/").slice(1).join("/") ?? name;
}

/** Type and name, such as `aws_iam_role: functions/role`. Parameters as of {@link resourceName}. */
export function typeAndName(address: string, code: NormalizedStack["resource"]): string {
  const [type = "", name] = partsOf(address);
  return name === undefined ? address : `${type}: ${resourceName(address, code)}`;
}

/** The key of an instance of a resource with `for_each`. @param address such as `terraform_data.one["client/billing"]` */
export function keyOf(address: string): string | undefined {
  const key = jsonIn(/\[(".*")\]$/.exec(address)?.[1] ?? "");
  return typeof key === "string" ? key : undefined;
}

/** Type and name, without modules and the key of an instance. */
function partsOf(address: string): readonly string[] {
  return /(?:^|\.)([^.[\]]+)\.([^.[\]]+)(?:\[.*\])?$/.exec(address)?.slice(1) ?? [];
}
