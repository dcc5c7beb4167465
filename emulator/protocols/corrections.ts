/**
 * What AWS's models and the schemas of its SDK do not say, or say wrongly, by room and shape: as recorded on AWS, or as
 * botocore has it. Values of an enum are in the order in which AWS got them.
 */
import { words } from "./words";

/** As recorded; the model of April 2025 has older ones. */
const REGION = "((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?";
const UNDERLINED_NAME = "([a-zA-Z0-9-_]+)";

export const corrections = {
  apigateway: {
    CacheClusterSize: { enum: words("0.5 1.6 6.1 13.5 28.4 58.2 118 237") },
    GatewayResponseType: {
      enum: words(`
          DEFAULT_4XX DEFAULT_5XX RESOURCE_NOT_FOUND UNAUTHORIZED INVALID_API_KEY ACCESS_DENIED AUTHORIZER_FAILURE
          AUTHORIZER_CONFIGURATION_ERROR INVALID_SIGNATURE EXPIRED_TOKEN MISSING_AUTHENTICATION_TOKEN
          INTEGRATION_FAILURE INTEGRATION_TIMEOUT API_CONFIGURATION_ERROR UNSUPPORTED_MEDIA_TYPE BAD_REQUEST_PARAMETERS
          BAD_REQUEST_BODY REQUEST_TOO_LARGE THROTTLED QUOTA_EXCEEDED WAF_FILTERED
        `),
    },
  },
  cloudwatch: {
    ComparisonOperator: {
      enum: words(`
          GreaterThanOrEqualToThreshold GreaterThanThreshold LessThanThreshold LessThanOrEqualToThreshold
          LessThanLowerOrGreaterThanUpperThreshold LessThanLowerThreshold GreaterThanUpperThreshold
        `),
    },
    StandardUnit: {
      enum: words(`
          Seconds Microseconds Milliseconds Bytes Kilobytes Megabytes Gigabytes Terabytes Bits Kilobits Megabits Gigabits
          Terabits Percent Count Bytes/Second Kilobytes/Second Megabytes/Second Gigabytes/Second Terabytes/Second
          Bits/Second Kilobits/Second Megabits/Second Gigabits/Second Terabits/Second Count/Second None
        `),
    },
  },
  cognito: {
    // Its pattern is that of a prefix, and AWS's refusal of one is another text; a custom domain has dots.
    DomainType: { pattern: undefined },
    SESConfigurationSet: { pattern: "^[a-zA-Z0-9_-]+$" },
    AuthFactorType: { enum: words("PASSWORD EMAIL_OTP SMS_OTP WEB_AUTHN") },
    TimeUnitsType: { enum: words("seconds minutes hours days") },
    // The last is newer than model and schemas.
    ExplicitAuthFlowsType: {
      enum: words(`
          ADMIN_NO_SRP_AUTH CUSTOM_AUTH_FLOW_ONLY USER_PASSWORD_AUTH ALLOW_ADMIN_USER_PASSWORD_AUTH ALLOW_CUSTOM_AUTH
          ALLOW_USER_PASSWORD_AUTH ALLOW_USER_SRP_AUTH ALLOW_REFRESH_TOKEN_AUTH ALLOW_USER_AUTH ALLOW_CLIENT_TOKEN_AUTH
        `),
    },
  },
  // Names that break these patterns are refused in other words than those of the framework.
  iam: { policyNameType: { pattern: undefined }, roleNameType: { pattern: undefined } },
  // The service checks these lengths itself, in other words.
  logs: { LogGroupName: { max: undefined }, LogStreamName: { max: undefined } },
  lambda: {
    ArchitecturesList: { itemsNotNull: true },
    LayerList: { itemsNotNull: true },
    SecurityGroupId: { min: 0, max: 1024, pattern: "sg-[0-9a-zA-Z]*" },
    SecurityGroupIds: { of: "SecurityGroupId" },
    SubnetId: { min: 0, max: 1024, pattern: "subnet-[0-9a-z]*" },
    SubnetIds: { of: "SubnetId" },
    AdditionalVersionWeights: { itemsNotNull: true },
    FunctionName: {
      pattern: `(arn:(aws[a-zA-Z-]*)?:lambda:)?${REGION}(\\d{12}:)?(function:)?${UNDERLINED_NAME}(:(\\$LATEST|[a-zA-Z0-9-_]+))?`,
    },
    FunctionUrlQualifier: { pattern: "((?!^\\d+$)^[0-9a-zA-Z-_]+$)" },
    DeleteFunctionRequest: {
      members: {
        FunctionName: { of: "NamespacedFunctionName", required: true, in: "path" },
        Qualifier: { of: "Qualifier", in: "query", as: "Qualifier" },
      },
    },
    // AWS checks a runtime in another way than the values of an enum.
    Runtime: { enum: undefined },
    Timeout: { max: 900 },
    NamespacedFunctionName: {
      max: undefined,
      pattern: `(arn:(aws[a-zA-Z-]*)?:lambda:)?${REGION}(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?`,
    },
    Qualifier: { pattern: "\\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+" },
    TaggableResource: {
      pattern:
        "arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:(function:[a-zA-Z0-9-_]+(:(\\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)",
    },
  },
} as const;
