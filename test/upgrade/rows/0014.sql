UPDATE "channels" SET "description" = 'Holidays, mostly.';
