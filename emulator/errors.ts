/**
 * The two ways in which the embedded AWS says no.
 *
 * They are distinct on purpose: one is an answer that AWS itself would give, the other says that this
 * program does not play what was asked of it.
 */

/** AWS refuses: `name` is AWS's exception name, the message is AWS's text. */
export class AwsError extends Error {
  /**
   * @param name AWS's exception name, such as `InvalidParameterException`
   * @param message AWS's text
   * @param status HTTP status of the AWS API's answer
   * @param details what some services tell besides, by the names of their members; `undefined` takes one away that the
   * error has otherwise
   */
  constructor(
    override readonly name: string,
    message: string,
    readonly status: number = 400,
    readonly details: Readonly<Record<string, string | undefined>> = {},
  ) {
    super(message);
  }
}

/** The embedded AWS does not play what was asked: it would have to guess, and a guess is worth nothing. */
export class UnsupportedError extends Error {
  override readonly name = "UnsupportedError";
}
