-- One that was inspected anew.
UPDATE "sources" SET "format" = 2 WHERE "id" = 'RJvYE6AvQKksT1';
