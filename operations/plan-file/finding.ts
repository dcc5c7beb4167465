/** One thing that is not as it should be, and whose doing that is. */

/** What is found, and so what is to be done about it. */
export type Verdict =
  /** It is not as Terraform left it. */
  | "changed outside"
  /** It is as Terraform left it, but the code wants something else by now. */
  | "code not applied yet"
  /** Listed in drift-ignore.yaml. */
  | "provider noise"
  /** Terraform has it, but the deployed snapshot of the API answers in another way, or not at all. */
  | "not live"
  /** The deployed snapshot of the API answers, and Terraform does not know of it. */
  | "still live";

/** One difference. */
export interface Finding {
  /** Terraform's address; of what Terraform does not know, its name. */
  readonly address: string;
  /** Dotted name of the attribute; `null` when it is about the whole resource. */
  readonly attribute: string | null;
  /** What should be, as JSON; sensitive values and environment variables are not shown. */
  readonly expected: string;
  readonly found: string;
  readonly verdict: Verdict;
  /** Route of the API, such as `GET /orders`, when it is about the deployed snapshot. */
  readonly route?: string;
  /** Why it is noise. */
  readonly reason?: string;
  /** Whether it must not be overlooked: somebody gets in who should not. */
  readonly isLoud?: true;
  /** What it leads to, as a sentence without a full stop; left out of a route or function that is open to everybody. */
  readonly effect?: string;
  /** Command that undoes it, where a deployment does not: Terraform cannot see it. */
  readonly undo?: string;
}
