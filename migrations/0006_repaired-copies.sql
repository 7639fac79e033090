ALTER TABLE `sources` ADD `repaired_key` text;
