/** The roles of visitors of the page. Each role may do what the roles before it may do. */
export const roles = ["look", "steer", "start"] as const;
export type Role = (typeof roles)[number];

/** The tokens of the page by role; null for a role without a token. */
export type RoleTokens = Readonly<Record<Role, string | null>>;

/** The requests that need more than the role `look`, by method and path; `*` is one part of a path. */
const needed: readonly [role: Role, method: string, path: string][] = [
  ["steer", "POST", "/api/runs/*/stop"],
  ["steer", "POST", "/api/runs/*/pause"],
  ["steer", "POST", "/api/runs/*/resume"],
  ["steer", "POST", "/api/runs/*/reset-statistics"],
  ["steer", "PATCH", "/api/runs/*/load"],
  ["steer", "POST", "/api/workers/*/drain"],
  ["start", "POST", "/api/plan"],
  ["start", "POST", "/api/runs"],
  ["look", "POST", "/logout"],
];

const patterns = needed.map(([role, method, path]) => {
  return { role, method, path: new RegExp(`^${path.replaceAll("*", "[^/]+")}$`) };
});

/** Returns the role that a request needs. Reading needs `look`; a change that is not listed needs the highest role. */
export function roleFor(method: string, path: string): Role {
  if (method === "GET" || method === "HEAD") return "look";
  return patterns.find((one) => one.method === method && one.path.test(path))?.role ?? "start";
}

export function mayAct(role: Role, wanted: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(wanted);
}
