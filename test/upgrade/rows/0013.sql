INSERT INTO "tasks" ("name", "daily_at") VALUES ('count-what-files-take', '04:30');
