/** Whether the payload of a request is what the schema of S3 says. */
import { AwsError } from "../../errors";
import { type Structure, violationText } from "../../protocols/constraints";
import { loadModel } from "../../protocols/model";

/** A payload that does not fit its shape. */
export const malformed = () =>
  new AwsError(
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
  );

/** @throws {AwsError} `MalformedXML`: S3 does not say which constraint is broken */
export function requireWellFormed(operation: string, input: object): void {
  if (violationText(loadModel("s3"), operation, input as Structure) !== undefined) throw malformed();
}
