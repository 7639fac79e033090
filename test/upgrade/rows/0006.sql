UPDATE "sources" SET "repaired_key" = 'videos/Vid2Library000/repaired/Abc12345.ts' WHERE "id" = 'Src2Library000';
