import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** Holds live responses against the OpenAPI document: every response in tests goes through here. */

interface Operation {
  responses: Record<string, { content?: Record<string, { schema?: object }> }>;
}
export interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components?: object;
}

export interface OpenApiCheck {
  /** Throws when a response is not what the document promises. */
  check(method: string, path: string, response: Response, body: string): void;
  exercised: Set<string>;
}

export function createOpenApiCheck(document: OpenApi): OpenApiCheck {
  const ajv = new Ajv2020.default({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'openapi', components: document.components ?? {} });
  const exercised = new Set<string>();
  // Compiling costs milliseconds and memory: once for each schema of the document.
  const validators = new Map<object, ReturnType<typeof ajv.compile>>();
  const validatorOf = (schema: object) => {
    let validator = validators.get(schema);
    if (!validator) {
      const text = JSON.stringify(schema).replaceAll('"#/components', '"openapi#/components');
      validators.set(schema, (validator = ajv.compile(JSON.parse(text))));
    }
    return validator;
  };
  const templates = Object.keys(document.paths)
    .map((path) => ({ path, pattern: new RegExp(`^${path.replace(/[.+]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+')}$`) }))
    // `/api/videos/init` before `/api/videos/{id}`.
    .sort((a, b) => a.path.split('{').length - b.path.split('{').length);
  return {
    exercised,
    check(method, url, response, body) {
      const path = new URL(url).pathname;
      const template = templates.find(
        ({ path: candidate, pattern }) => pattern.test(path) && document.paths[candidate]![method.toLowerCase()],
      );
      if (!template) return;
      exercised.add(`${method} ${template.path}`);
      const { responses } = document.paths[template.path]![method.toLowerCase()]!;
      const promised =
        responses[String(response.status)] ?? (response.ok || response.status < 400 ? undefined : responses['default']);
      if (response.status === 206 || response.status === 304 || response.status === 101) return;
      if (!promised)
        throw new Error(`${method} ${template.path} answered ${response.status}, which its document does not know`);
      const type = (response.headers.get('content-type') ?? '').split(';')[0]!;
      if (response.status >= 400 && type !== 'application/problem+json') {
        throw new Error(`${method} ${template.path} answered ${response.status} with ${type}, not with a problem`);
      }
      const schema = promised.content?.[type]?.schema;
      if (!schema || body === '') return;
      const validate = validatorOf(schema);
      if (!validate(JSON.parse(body))) {
        throw new Error(
          `${method} ${template.path} ${response.status} differs from its document: ${ajv.errorsText(validate.errors)}\n${body}`,
        );
      }
    },
  };
}
