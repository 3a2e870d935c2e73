import type { IConfiguration, IForbiddenRuleType } from 'dependency-cruiser';

// The rules of direction of ARCHITECTURE.md. Each is an error. scripts/boundaries.ts runs them, and fails too when the
// cruiser saw too little: a tool that looks at nothing finds nothing.
const modules = {
  ground: ['access', 'sources'],
  record: ['members', 'activities'],
  insight: ['metrics'],
};
const upward = (lower: keyof typeof modules, higher: keyof typeof modules): IForbiddenRuleType => ({
  name: `${lower}-knows-no-${higher}`,
  comment: 'Lower layers speak upward only by facts.',
  severity: 'error',
  from: { path: `^src/modules/(${modules[lower].join('|')})/`, pathNot: '\\.test\\.ts$' },
  to: { path: `^src/modules/(${modules[higher].join('|')})/` },
});
const tests = '(\\.|/)(test|testing)\\.tsx?$';

export const rules: IConfiguration = {
  forbidden: [
    upward('ground', 'record'),
    upward('ground', 'insight'),
    upward('record', 'insight'),
    {
      name: 'modules-by-their-front-door',
      comment: 'Another module is reached by its index.ts only.',
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/', pathNot: tests },
      to: { path: '^src/modules/[^/]+/', pathNot: ['^src/modules/$1/', '^src/modules/[^/]+/index\\.ts$'] },
    },
    {
      name: 'entry-by-the-front-door',
      severity: 'error',
      from: { path: '^src/(entry|main)', pathNot: tests },
      to: { path: '^src/modules/[^/]+/', pathNot: '^src/modules/[^/]+/index\\.ts$' },
    },
    {
      name: 'platform-knows-nothing-of-ours',
      severity: 'error',
      from: { path: '^src/platform/', pathNot: tests },
      to: { path: '^(src/(modules|entry|connectors)|web)/' },
    },
    {
      name: 'connectors-know-contract-and-kit',
      severity: 'error',
      from: { path: '^src/connectors/([^/]+)/', pathNot: tests },
      to: {
        path: '^(src|web)/',
        pathNot: ['^src/connectors/$1/', '^src/connectors/(contract\\.ts|kit/)', '^src/platform/(errors|http-client)\\.ts$'],
      },
    },
    {
      name: 'modules-know-the-contract-only',
      severity: 'error',
      from: { path: '^src/modules/', pathNot: tests },
      to: { path: '^src/connectors/', pathNot: '^src/connectors/contract\\.ts$' },
    },
    {
      name: 'nobody-imports-entry',
      severity: 'error',
      from: { path: '^src/(platform|modules|connectors)/', pathNot: tests },
      to: { path: '^src/entry/' },
    },
    {
      name: 'web-takes-types-only',
      comment: 'The web app may know the shape of the server, never its code.',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^src/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-feature-imports-another',
      severity: 'error',
      from: { path: '^web/features/([^/]+)/' },
      to: { path: '^web/features/', pathNot: '^web/features/$1/' },
    },
    {
      name: 'no-cycle',
      severity: 'error',
      from: { pathNot: tests },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-tests-in-the-program', severity: 'error', from: { path: '^(src|web)/', pathNot: tests }, to: { path: ['^test/', tests] } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: ['\\?', '\\.css$'] } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^dist/', '^data/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
