/** What all parts of a REST API have in common: AWS's refusals, and parts that belong to an API. */
import { Table, type TablePlace } from "../../account/table";
import { AwsError, UnsupportedError } from "../../errors";

export const notFound = (what: string) => new AwsError("NotFoundException", `Invalid ${what} specified`, 404);
export const conflict = (message: string) => new AwsError("ConflictException", message, 409);
export const badRequest = (message: string) => new AwsError("BadRequestException", message, 400);

/** Something that belongs to a REST API. */
export interface ApiPart {
  readonly restApiId: string;
}

/** Tables of everything that is deleted with its REST API. */
const partTables: ApiPartTable<ApiPart>[] = [];

/** Records of one type of an API's parts. */
export class ApiPartTable<T extends ApiPart> extends Table<T> {
  constructor(type: string, nameOf: (record: T) => string) {
    super(`apigateway/${type}`, (record) => `${record.restApiId}/${nameOf(record)}`);
    partTables.push(this as unknown as ApiPartTable<ApiPart>);
  }

  /** The part of this id or name. */
  find(place: TablePlace, restApiId: string | undefined, name: string | undefined): T | undefined {
    return this.get(place, `${restApiId}/${name}`);
  }

  /** All of the API's parts, in the order of their creation. */
  ofApi(place: TablePlace, restApiId: string | undefined): readonly T[] {
    return this.list(place).filter((record) => record.restApiId === restApiId);
  }
}

/** Whether the API has the stage. */
export function hasStage(place: TablePlace, restApiId: string | undefined, stageName: string | undefined): boolean {
  const table = partTables.find(({ type }) => type === "apigateway/Stage");
  return table?.find(place, restApiId, stageName) !== undefined;
}

/** Deletes everything that belongs to the API. */
export function deletePartsOf(place: TablePlace, restApiId: string): void {
  for (const table of partTables) {
    for (const part of table.ofApi(place, restApiId)) table.delete(place, part);
  }
}

/** AWS's refusal of more than its quota. */
export function limitExceeded(what: string): AwsError {
  return new AwsError(
    "LimitExceededException",
    `Maximum number of ${what} for this API has been reached.  Please contact AWS if you need additional ${what}.`,
    429,
  );
}

/** Refuses a value that is not emulated. @throws {UnsupportedError} */
export function requireEmulated(what: string, value: string | undefined, emulated: readonly string[]): void {
  if (value === undefined || emulated.includes(value)) return;
  throw new UnsupportedError(`${what} ${value} is not emulated. Emulated: ${emulated.join(", ")}.`);
}
