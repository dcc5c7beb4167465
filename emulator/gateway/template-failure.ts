/** Why a mapping template cannot be evaluated. */

/** API Gateway would fail: callers receive a 500 and no reason, the message is for the execution log. */
export class TemplateFailure extends Error {
  override readonly name: string = "TemplateFailure";
}

/** The body is not JSON, or nested too deep, and the template reads it as JSON. */
export class BodyNotJson extends TemplateFailure {}
