import { registerHooks } from "node:module";

/** A step of a workflow's job that runs a script. */
export interface ScriptStep {
  readonly id: string;
  readonly script: string;
}

export interface CheckedWorkflow {
  /** What GitHub would refuse, by its own parser and schema. */
  readonly errors: readonly string[];
  readonly events: readonly string[];
  readonly steps: readonly ScriptStep[];
}

// GitHub's parser is made for bundlers: it imports its JSON schema without an import attribute.
registerHooks({
  load: (url, context, next) => {
    return next(url, url.endsWith(".json") ? { ...context, importAttributes: { type: "json" } } : context);
  },
});
const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await import("@actions/workflow-parser");

export async function checkWorkflow(content: string): Promise<CheckedWorkflow> {
  const { context, value } = parseWorkflow({ name: "workflow.yml", content }, new NoOperationTraceWriter());
  const errors = context.errors.getErrors().map(({ message }) => message);
  if (value === undefined || errors.length > 0) return { errors, events: [], steps: [] };
  const { events, jobs, errors: found = [] } = await convertWorkflowTemplate(context, value);
  return {
    errors: found.map(({ Message }) => Message),
    events: Object.keys(events),
    steps: jobs
      .flatMap((job) => ("steps" in job ? job.steps : []))
      .flatMap((step) => {
        return "run" in step ? [{ id: step.id, script: step.run.toString() }] : [];
      }),
  };
}
