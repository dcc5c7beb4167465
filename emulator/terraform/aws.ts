/**
 * AWS as a resource or data source of Terraform sees it: the operations of its service, and attributes in place of
 * members.
 */
import type { Account } from "../account/account";
import { AwsError } from "../errors";
import { membersOf, operationOf, type ServiceModel } from "../protocols/model";
import { callOperation, type OperationContext, type ServiceDefinition } from "../protocols/service";
import type { Attributes } from "./attributes";
import type { Conversion, MemberNames, Structure } from "./conversion";
import { toInput } from "./input-conversion";
import { isOfLegacyTypeSystem } from "./legacy-type-system";
import { fromOutput } from "./output-conversion";
import type { BlockSchema } from "./schema/block";

/** How attributes correspond to members of AWS's inputs and outputs. */
export interface FaceTraits {
  /** Name of the endpoint of the service: `cognito-idp`. */
  readonly service: string;
  readonly names?: MemberNames;
  /**
   * Member of the operations' outputs that holds the resource, or a list of which it is the first; left out: the output
   * itself is the resource.
   */
  readonly output?: string;
  /**
   * Whether state has empty values in place of null; left out: whether the resource is written with SDK v2, which makes
   * `id` an optional attribute.
   */
  readonly hasEmptyValues?: boolean;
  /** Whether a block that AWS answers without any members is there, as in `Allow: {}`. @default false */
  readonly keepsEmptyBlocks?: boolean;
  /** Dotted attributes that are sent although they are empty. */
  readonly sendEmpty?: readonly string[];
  /** Attributes that the output has no member for. @param found the attributes so far */
  refine?(found: Attributes, output: Structure, aws: Aws): Attributes | Promise<Attributes>;
}

/** A resource or a data source, as far as it corresponds to AWS's operations. */
export interface Face extends FaceTraits {
  readonly schema: BlockSchema;
}

/** Where operations are called, and what they share. */
export interface AwsPlace extends Omit<OperationContext, "requestId"> {
  /** Services by the names of their endpoints. */
  readonly services: ReadonlyMap<string, ServiceDefinition>;
  /** Whether AWS is only read, without a plan to conform to. @default false */
  readonly isRefresh?: boolean;
  readFiles(path: string): readonly Uint8Array[];
}

/** AWS as a resource or data source sees it: the operations of its service in its account and region. */
export interface Aws {
  readonly account: Account;
  readonly region: string;
  /** Twelve digits: what ARNs name. */
  readonly accountId: string;
  readonly conversion: Conversion;
  /** Calls an operation of the resource's service. @throws {AwsError} when AWS refuses */
  call(operation: string, input: Structure): Promise<Structure>;
  /** Calls an operation of another service, by the endpoint's name: `iam`. @throws {AwsError} when AWS refuses */
  callService(service: string, operation: string, input: Structure): Promise<Structure>;
  /** The input of the operation, from the attributes that it has members for. */
  inputOf(operation: string, attributes: Attributes): Structure;
  /**
   * Attributes that the operation's output has members for.
   * @param member the output's member that holds the resource, `null` for the output itself; left out: that of the traits
   */
  attributesOf(operation: string, output: Structure, known: Attributes, member?: string | null): Attributes;
  /** Contents of the files that a path of the configuration may mean. */
  readFiles(path: string): readonly Uint8Array[];
}

/** The operations of AWS as the face or data source calls them. */
export function awsOf(face: Face, place: AwsPlace): Aws {
  const { account, region, accountId, services } = place;
  const conversion = conversionTo(face, () => serviceOf(services, face.service).model(), place.isRefresh);
  const keepsEmpty = (path: string) => !conversion.hasEmptyValues || (face.sendEmpty?.includes(path) ?? false);
  const call = (service: string, operation: string, input: Structure) => {
    const context = { ...place, requestId: account.uuid() };
    return callOperation(serviceOf(services, service), context, operation, input) as Promise<Structure>;
  };
  return {
    account,
    region,
    accountId,
    conversion,
    readFiles: (path) => place.readFiles(path),
    call: (operation, input) => call(face.service, operation, input),
    callService: call,
    inputOf: (operation, attributes) => toInput(conversion, face.schema, operation, attributes, keepsEmpty),
    attributesOf: (operation, output, known, member = face.output ?? null) => {
      const { output: whole } = operationOf(conversion.model, operation);
      const found = membersOf(conversion.model, whole).find(({ name }) => name === member);
      const of = member === null ? whole : found?.shape.type === "list" ? found.shape.of : found?.of;
      if (of === undefined) return {};
      const structure = member === null ? output : [output[member] ?? []].flat()[0];
      return fromOutput(conversion, face.schema, of, (structure ?? {}) as Structure, known);
    },
  };
}

/**
 * Calls the operation with the attributes that it has members for, and returns those of its output.
 * @throws {AwsError} also when the output is an empty list of resources
 */
export async function callAndConvert(face: Face, aws: Aws, operation: string, known: Attributes): Promise<Attributes> {
  const output = await aws.call(operation, aws.inputOf(operation, known));
  const listed = face.output === undefined ? undefined : output[face.output];
  if (Array.isArray(listed) && listed.length === 0) throw new AwsError("NotFound", `${operation} found nothing`);
  const found = aws.attributesOf(operation, output, known);
  if (face.refine === undefined) return found;
  return { ...found, ...(await face.refine({ ...known, ...found }, output, aws)) };
}

/** @param model of the face's service; data sources without one never ask for it */
export function conversionTo(
  { schema, names = {}, hasEmptyValues, keepsEmptyBlocks = false }: Face,
  model: () => ServiceModel,
  isRefresh = false,
): Conversion {
  const isOlder = isOfLegacyTypeSystem(schema);
  return {
    get model() {
      return model();
    },
    names,
    hasEmptyValues: hasEmptyValues ?? isOlder,
    keepsEmptyBlocks,
    isRefresh: isOlder && isRefresh,
  };
}

function serviceOf(services: ReadonlyMap<string, ServiceDefinition>, name: string): ServiceDefinition {
  const service = services.get(name);
  if (service === undefined) throw new Error(`${name} is not a service`);
  return service;
}
