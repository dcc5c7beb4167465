/**
 * What protects, by type: each function is told the attributes of one resource before and after, and says what is lost,
 * or nothing. Pure.
 */
import { API_PROTECTIONS } from "./api-protections";
import { FIREWALL_PROTECTIONS } from "./firewall-protections";
import { IDENTITY_PROTECTIONS } from "./identity-protections";
import { KEEPING_PROTECTIONS } from "./keeping-protections";
import type { Protections } from "./protected-values";
import { RIGHTS_PROTECTIONS } from "./rights-protections";
import { TRAFFIC_PROTECTIONS } from "./traffic-protections";

/** All that is looked at. */
export const PROTECTIONS: Protections = {
  ...IDENTITY_PROTECTIONS,
  ...API_PROTECTIONS,
  ...TRAFFIC_PROTECTIONS,
  ...FIREWALL_PROTECTIONS,
  ...KEEPING_PROTECTIONS,
  ...RIGHTS_PROTECTIONS,
};
