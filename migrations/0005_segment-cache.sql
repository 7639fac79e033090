DROP INDEX `renditions_cache`;

CREATE INDEX `renditions_policy` ON `renditions` (`policy`);

ALTER TABLE `renditions` DROP COLUMN `watched_at_ms`;
