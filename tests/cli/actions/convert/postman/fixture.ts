/** A collection of the sample API: variables, credentials of the collection and of a request, folders, scripts. */
export const sampleCollection = {
  info: { name: "Plot Palette", schema: "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" },
  auth: { type: "bearer", bearer: [{ key: "token", value: "{{adminToken}}", type: "string" }] },
  variable: [
    { key: "baseUrl", value: "http://127.0.0.1:8000" },
    { key: "user", value: "load-test" },
    { key: "jobName", value: "job of {{user}}" },
    { key: "limit", value: "20" },
    { key: "jobId", value: "" },
  ],
  item: [
    { name: "Health", request: { method: "GET", auth: { type: "noauth" }, url: "{{baseUrl}}/health" } },
    {
      name: "Jobs",
      auth: { type: "noauth" },
      item: [
        {
          name: "Create job",
          event: [
            {
              listen: "test",
              script: {
                exec: [
                  'pm.test("created", () => pm.response.to.have.status(201));',
                  "const job = pm.response.json();",
                  'pm.collectionVariables.set("jobId", job.id);',
                ],
              },
            },
          ],
          request: {
            method: "POST",
            header: [
              { key: "X-User", value: "{{user}}" },
              { key: "X-Old", value: "1", disabled: true },
            ],
            body: {
              mode: "raw",
              raw: '{\n  // A comment, as Postman allows it.\n  "template": "basic", "name": "{{jobName}} {{$guid}}"\n}',
              options: { raw: { language: "json" } },
            },
            url: { raw: "{{baseUrl}}/jobs", host: ["{{baseUrl}}"], path: ["jobs"] },
          },
        },
        {
          name: "One job",
          item: [
            {
              name: "Get job",
              request: {
                method: "GET",
                url: {
                  raw: "{{baseUrl}}/jobs/:id",
                  variable: [{ key: "id", value: "{{jobId}}" }],
                },
              },
            },
            { name: "Delete job", request: { method: "DELETE", url: "{{baseUrl}}/jobs/{{jobId}}" } },
          ],
        },
      ],
    },
    {
      name: "Administration",
      item: [{ name: "All jobs", request: { method: "GET", url: "{{baseUrl}}/admin/jobs?limit={{limit}}" } }],
    },
  ],
};
