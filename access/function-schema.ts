/** Settings of functions, and the constraints of AWS on each. */
import type { z } from "zod";
import { ARN_START, keyArn } from "./arn";
import { doc, exactlyOne, listOf, mapOf, settings, text, textOr, together, whole, wordOf } from "./setting";

/** Names of functions: those of their files. */
export const FUNCTION_NAME = {
  expected: 'a file of lambda/ without ".ts": 1 to 40 letters, digits, "_" or "-"',
  pattern: /^[a-zA-Z0-9_-]{1,40}$/,
  maxLength: 40,
};

/** @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html */
export const runtime = wordOf("nodejs24.x", "nodejs22.x");

export const memoryMegabytes = whole("megabytes", 128, 10_240);

/** API Gateway waits no longer. */
export const timeoutSeconds = whole("seconds", 1, 29);

export const architecture = wordOf("arm64", "x86_64");

export const logLevel = wordOf("trace", "debug", "info", "warn", "error", "fatal");

const layer = text(
  'the ARN of a version of a layer, such as "arn:aws:lambda:eu-west-1:123456789012:layer:tools:3"',
  new RegExp(`${ARN_START}:lambda:[a-z0-9-]+:\\d{12}:layer:[\\w-]+:\\d+$`),
);

const vpc = settings({
  subnetIds: doc(
    "Subnets of the function.",
    listOf(
      "subnet",
      doc("Id of a subnet.", text('the id of a subnet such as "subnet-0a1b2c3d"', /^subnet-[0-9a-z]{1,64}$/)),
      "Name one in each availability zone.",
    ),
  ),
  securityGroupIds: doc(
    "Security groups of the function.",
    listOf(
      "security group",
      doc(
        "Id of a security group.",
        text('the id of a security group such as "sg-0a1b2c3d"', /^sg-[0-9a-zA-Z]{1,64}$/),
      ),
      "Name one that lets the function reach what it calls.",
    ),
  ),
});

/** @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
const SECRET_NAME = "[\\w/+=.@-]{1,512}";

const source = exactlyOne(
  settings({
    secret: doc(
      "The secret of AWS Secrets Manager that has the value.",
      text(
        'the name of a secret in the environment\'s account and region, such as "orders/database", or an ARN with its last six characters',
        new RegExp(
          `^(${SECRET_NAME}|${ARN_START.slice(1)}:secretsmanager:[a-z0-9-]+:\\d{12}:secret:${SECRET_NAME}-\\w{6})$`,
        ),
      ).exactOptional(),
    ),
    key: doc(
      "Key of the secret's JSON whose value is taken. Defaults to the whole secret.",
      text("1 to 256 printable ASCII characters", /^[\x20-\x7E]{1,256}$/).exactOptional(),
    ),
    parameter: doc(
      "The parameter of AWS Systems Manager that has the value.",
      text(
        'the name of a parameter in the environment\'s account and region, such as "/orders/token"',
        /^(?!\/?(aws|ssm)\b)(\/[\w.-]+|[\w.-]+)(\/[\w.-]+)*$/i,
      ).exactOptional(),
    ),
    kmsKeyArn: doc(
      "The customer managed key that encrypts the secret or the parameter. Defaults to the key of the service.",
      keyArn.exactOptional(),
    ),
  }),
  "secret",
  "parameter",
  "a value has one source",
);

const reference = together(source, { not: { required: ["parameter", "key"] } }, ({ right, refuse }) => {
  if (right("parameter") === undefined || right("key") === undefined) return;
  refuse("has key and parameter, but only secrets have keys. Remove the key.", "key");
});

/** Lambda's own constraint; which names are taken is a rule. */
const variableName = {
  expected: "2 to 256 letters, digits or _, beginning with a letter",
  pattern: /^[a-zA-Z]\w{1,255}$/,
};

const variables = mapOf(
  { noun: "variable", key: "name" },
  variableName,
  doc(
    "A value that is plain text, or where the function reads it when it starts.",
    textOr("plain text", /^[\s\S]*$/, reference),
  ),
);

const action = text('an IAM action such as "dynamodb:GetItem"', /^(\*|[a-z0-9-]+:[a-zA-Z0-9*?]+)$/);

const resource = text(
  'an ARN such as "arn:aws:dynamodb:eu-west-1:123456789012:table/orders", or "*"',
  /^(\*|arn:aws(-cn|-us-gov)?:[a-z0-9-]+:[a-z0-9*?-]*:[\d*?]*:[\x21-\x7E]+)$/,
);

const statement = settings({
  actions: doc(
    "Actions that the function may call.",
    listOf("action", doc("An IAM action.", action), "Name each action."),
  ),
  resources: doc(
    "Resources that the function may call them on.",
    listOf("resource", doc("ARN of a resource.", resource), "Name each resource."),
  ),
  conditions: doc(
    "Conditions under which they are allowed, by condition operator.",
    mapOf(
      { noun: "condition operator", key: "name" },
      { expected: 'an IAM condition operator such as "StringEquals"', pattern: /^[A-Z][A-Za-z]+(:[A-Z][A-Za-z]+)?$/ },
      doc(
        "Values by condition key.",
        mapOf(
          { noun: "condition key", key: "name", value: "values" },
          { expected: 'an IAM condition key such as "aws:ResourceTag/team"', pattern: /^[\x21-\x7E]+$/ },
          doc(
            "Values, any of which fits.",
            listOf(
              "value",
              doc("A value.", text("1 to 512 characters", /^[\s\S]{1,512}$/)),
              "Write one value as a list, too.",
            ),
          ),
        ),
      ),
    ).exactOptional(),
  ),
  reason: doc(
    "Reason why the statement has a wildcard, for reviewers.",
    text(
      "1 to 300 characters on one line, a letter or digit among them",
      /^(?=.*[\p{L}\p{N}]).{1,300}$/u,
    ).exactOptional(),
  ),
});

const OTHERWISE = "Defaults to the value of the environment.";

export const functionSettings = settings({
  runtime: doc(`Lambda runtime of the function. ${OTHERWISE}`, runtime.exactOptional()),
  memoryMegabytes: doc(`Memory of the function. ${OTHERWISE}`, memoryMegabytes.exactOptional()),
  timeoutSeconds: doc(`Timeout of the function. ${OTHERWISE}`, timeoutSeconds.exactOptional()),
  architecture: doc(`Instruction set architecture of the function. ${OTHERWISE}`, architecture.exactOptional()),
  logLevel: doc(`Minimum level of the log lines that the function writes. ${OTHERWISE}`, logLevel.exactOptional()),
  reservedConcurrency: doc(
    "Concurrent executions that are reserved for the function, which are also its maximum; 0 stops it. Defaults to the account's unreserved ones.",
    whole("executions", 0, 900).exactOptional(),
  ),
  layers: doc(
    "Versions of layers, in the order in which they are added.",
    listOf("layer", doc("ARN of a version of a layer.", layer), "Omit it for none.", {
      max: 5,
      noun: "layers",
      of: "a function",
      remedy: "Merge some.",
    }).exactOptional(),
  ),
  vpc: doc("The VPC that the function can reach, and by which it reaches all else.", vpc.exactOptional()),
  variables: doc(
    "Environment variables. Those of an environment are added to those of the file, and override them by name.",
    variables.exactOptional(),
  ),
  statements: doc(
    "What the function's role may do beside writing its log: IAM statements.",
    listOf("statement", doc("An IAM statement.", statement), "Omit it for none.").exactOptional(),
  ),
});

/** `functions.<name>`, in the file and in an environment. */
export function functionsOf(purpose: string) {
  return doc(
    purpose,
    mapOf(
      { noun: "function", key: "name" },
      FUNCTION_NAME,
      doc("A function that routes name in lambda.", functionSettings),
    ).exactOptional(),
  );
}

/** The settings of a function as the file, or an environment, has them. */
export type FunctionInput = z.infer<typeof functionSettings>;

/** The settings of a function in an environment: those of the file, overridden by those of the environment. */
export function mergedSettings(ofFile: FunctionInput = {}, ofEnvironment: FunctionInput = {}): FunctionInput {
  const merged = { ...ofFile.variables, ...ofEnvironment.variables };
  const hasVariables = Object.keys(merged).length > 0;
  return { ...ofFile, ...ofEnvironment, ...(hasVariables ? { variables: merged } : {}) };
}

/** A value that a function reads when it starts. */
export type VariableReference = z.infer<typeof reference>;

/** What a function's role may do. */
export type FunctionStatement = z.infer<typeof statement>;

/** Subnets and security groups of a function. */
export type FunctionVpc = z.infer<typeof vpc>;
