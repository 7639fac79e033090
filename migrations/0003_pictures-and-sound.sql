ALTER TABLE `sources` ADD `loudness` text;

ALTER TABLE `videos` ADD `poster_choices` integer DEFAULT 0 NOT NULL;

ALTER TABLE `videos` ADD `poster_best` integer DEFAULT 0 NOT NULL;

ALTER TABLE `videos` ADD `poster_set` text;

ALTER TABLE `videos` ADD `poster_choice` integer;

ALTER TABLE `videos` ADD `waveform_set` text;
