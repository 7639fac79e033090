INSERT INTO "settings" ("name", "value", "changed_at_ms") VALUES ('instance.name', '"Ada''s"', 1760000000000);
INSERT INTO "tasks" ("name", "every_ms", "started_at_ms", "duration_ms", "failure") VALUES ('scan-libraries', 7200000, 1760000000000, 120, NULL);
INSERT INTO "audit_acts" ("id", "at_ms", "actor_id", "actor_name", "act", "target_id", "target_name", "changes", "address") VALUES ('Act10000000000', 1760000000000, 'jACrzwAf49qYzM', 'ada', 'settings.changed', NULL, 'instance.name', '{"instance.name":{"from":"Kinora","to":"Ada''s"}}', '127.0.0.1');
