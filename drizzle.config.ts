import { defineConfig } from 'drizzle-kit';

// For `drizzle-kit studio` and `drizzle-kit export`. Migrations are made by `scripts/db-new.ts`.
export default defineConfig({
  dialect: 'sqlite',
  schema: './src/schema.ts',
  out: './migrations',
  dbCredentials: { url: process.env['KINORA_DEV_DATABASE'] ?? './data/kinora.db' },
});
