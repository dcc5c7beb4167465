/**
 * AWS's query protocol, as CloudWatch, IAM and STS speak it: parameters of a form in, XML out.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */

import { AwsError } from "../errors";
import { type Codec, named, statusOf } from "./codec";
import type { Structure } from "./constraints";
import type { HttpRequest, HttpResponse } from "./http";
import { membersOf, operationOf, type ServiceModel, shapeOf } from "./model";
import { readText } from "./rest-bindings";
import { escapeXml } from "./xml";
import { writeXmlMembers } from "./xml-values";

/** Parameters as a tree: what stands between the dots of their names. */
interface Branch {
  readonly text?: string;
  readonly branches: ReadonlyMap<string, Branch>;
}

export const awsQueryCodec: Codec = {
  checksSignatureFirst: true,
  unsigned: new AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403),
  unknownOperation: ["InvalidAction", 400],
  find(model, request) {
    const actions = parametersOf(request).flatMap(([name, value]) => (name === "Action" ? [value] : []));
    const [action = ""] = actions;
    return actions.length > 1 ? { text: actions.join() } : named(model, action);
  },
  read(model, operation, request) {
    return readBranches(model, operationOf(model, operation).input, toTree(parametersOf(request)));
  },
  write(model, operation, output, requestId) {
    const { output: structure } = operationOf(model, operation);
    const inner = structure === undefined ? "" : writeXmlMembers(model, membersOf(model, structure), output);
    const result = structure === undefined ? "" : `<${operation}Result>${inner}</${operation}Result>`;
    const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
    return answer(model, requestId, 200, `${operation}Response`, result + metadata);
  },
  refuse(model, error, requestId) {
    const status = statusOf(model, error);
    const type = status < 500 ? "Sender" : "Receiver";
    const message = error.message === "" ? "" : `<Message>${escapeXml(error.message)}</Message>`;
    const inner = `<Type>${type}</Type><Code>${error.name}</Code>${message}`;
    const content = `<Error>${inner}</Error><RequestId>${requestId}</RequestId>`;
    return answer(model, requestId, status, "ErrorResponse", content);
  },
};

function answer(
  { namespace }: ServiceModel,
  requestId: string,
  status: number,
  root: string,
  content: string,
): HttpResponse {
  return {
    status,
    headers: [
      ["Content-Type", "text/xml"],
      ["x-amzn-RequestId", requestId],
    ],
    body: `<${root} xmlns="${namespace ?? ""}">${content}</${root}>\n`,
  };
}

function parametersOf({ query, body }: HttpRequest): readonly (readonly [name: string, value: string])[] {
  return [...new URLSearchParams(query), ...new URLSearchParams(body.toString("utf8"))];
}

function toTree(parameters: readonly (readonly [name: string, value: string])[]): Branch {
  const root = { branches: new Map<string, Branch>() };
  for (const [name, value] of parameters) {
    let branches = root.branches;
    const parts = name.split(".");
    for (const [index, part] of parts.entries()) {
      const found: Branch = branches.get(part) ?? { branches: new Map<string, Branch>() };
      const isLast = index === parts.length - 1;
      branches.set(part, isLast ? { ...found, text: value } : found);
      branches = found.branches as Map<string, Branch>;
    }
  }
  return root;
}

function readBranches(model: ServiceModel, structure: string | undefined, { branches }: Branch): Structure {
  const found = membersOf(model, structure).flatMap(({ name, as = name, of, flat }): (readonly [string, unknown])[] => {
    const branch = branches.get(as);
    return branch === undefined ? [] : [[name, readBranch(model, of, branch, flat)]];
  });
  return Object.fromEntries(found);
}

/** The value of the shape: an empty list is sent as a parameter without a number. */
function readBranch(model: ServiceModel, of: string, branch: Branch, flat = false): unknown {
  const shape = shapeOf(model, of);
  if ("members" in shape) return readBranches(model, of, branch);
  if (!("of" in shape)) return readText(model, of, branch.text ?? "");
  const itemName = shape.type === "list" ? (shape.as ?? "member") : "entry";
  const items = numberedBranches(flat ? branch : branch.branches.get(itemName));
  if (shape.type === "list") return items.map((item) => readBranch(model, shape.of, item));
  return Object.fromEntries(
    items.map(({ branches }) => {
      const value = branches.get("value") ?? { branches: new Map() };
      return [branches.get("key")?.text ?? "", readBranch(model, shape.of, value)];
    }),
  );
}

/** `1`, `2` and so on, in the order of the numbers. */
function numberedBranches(branch: Branch | undefined): readonly Branch[] {
  const numbers = [...(branch?.branches ?? [])].filter(([number]) => /^\d+$/.test(number));
  return numbers.sort(([one], [other]) => Number(one) - Number(other)).map(([, item]) => item);
}
