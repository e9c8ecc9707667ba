import assert from "node:assert/strict";
import { test } from "node:test";
import { isSecretField } from "../../../src/core/redaction/secret-names.ts";

test("names that only describe a secret are not secret", () => {
  const descriptive = [
    ...["COOKIE_DOMAIN", "COOKIE_NAME", "AUTH_TOKEN_HOST", "TOKEN_AUDIENCE", "TOKEN_ISSUER", "PASSWORD_RESET_PATH"],
    ...["TOKEN_REALM", "PASSWORD_MODE", "SECRET_ENV", "token_type", "tokenUrl", "cookieName"],
  ];
  assert.deepEqual(descriptive.filter(isSecretField), []);
});

test("names of secrets are secret", () => {
  const secrets = [
    ...["API_TOKEN", "DB_PASSWORD", "SESSION_COOKIE", "CLIENT_SECRET", "PASSCODE", "HOST_TOKEN", "PATH_SECRET"],
    ...["accessKey", "reset_password_token", "DOMAIN_PASSWORD", "NAME_TOKEN", "x-api-key"],
  ];
  assert.deepEqual(
    secrets.filter((name) => !isSecretField(name)),
    [],
  );
});
