PRAGMA foreign_keys = OFF;
CREATE TABLE _migrations (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, applied_at_ms INTEGER NOT NULL) STRICT;
CREATE TABLE `jobs` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`lane` text NOT NULL,
	`state` text NOT NULL,
	`payload` text NOT NULL,
	`video_id` text,
	`dedupe_key` text,
	`priority` integer NOT NULL,
	`attempts` integer NOT NULL,
	`max_attempts` integer NOT NULL,
	`run_after_ms` integer NOT NULL,
	`lease_owner` text,
	`lease_until_ms` integer,
	`percent` integer,
	`eta_ms` integer,
	`error` text,
	`log` text,
	`created_at_ms` integer NOT NULL,
	`started_at_ms` integer,
	`finished_at_ms` integer
) STRICT;
CREATE TABLE `libraries` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`from_config` integer NOT NULL,
	`scanned_at_ms` integer,
	`created_at_ms` integer NOT NULL,
	`deleted_at_ms` integer
) STRICT;
CREATE TABLE `library_folders` (
	`id` text PRIMARY KEY NOT NULL,
	`library_id` text NOT NULL,
	`path` text NOT NULL,
	`online` integer NOT NULL,
	FOREIGN KEY (`library_id`) REFERENCES `libraries`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
CREATE TABLE `renditions` (
	`id` text PRIMARY KEY NOT NULL,
	`video_id` text NOT NULL,
	`source_id` text NOT NULL,
	`position` integer NOT NULL,
	`spec` text NOT NULL,
	`policy` text NOT NULL,
	`watched_at_ms` integer,
	`created_at_ms` integer NOT NULL,
	FOREIGN KEY (`video_id`) REFERENCES `videos`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`source_id`) REFERENCES `sources`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
CREATE TABLE `sessions` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL,
	`user_agent` text,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
CREATE TABLE `setup_tokens` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`created_at_ms` integer NOT NULL,
	`used_at_ms` integer
) STRICT;
CREATE TABLE `sources` (
	`id` text PRIMARY KEY NOT NULL,
	`video_id` text NOT NULL,
	`kind` text NOT NULL,
	`location` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`modified_at_ms` integer NOT NULL,
	`missing` integer DEFAULT false NOT NULL,
	`info` text,
	`timeline` text,
	`created_at_ms` integer NOT NULL, `loudness` text,
	FOREIGN KEY (`video_id`) REFERENCES `videos`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`username` text NOT NULL,
	`email` text NOT NULL,
	`password_hash` text NOT NULL,
	`role` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`deleted_at_ms` integer
) STRICT;
CREATE TABLE `videos` (
	`id` text PRIMARY KEY NOT NULL,
	`title` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`origin` text NOT NULL,
	`state` text NOT NULL,
	`failure` text,
	`visibility` text NOT NULL,
	`owner_id` text,
	`library_id` text,
	`filename` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`received_bytes` integer,
	`duration_ms` integer,
	`width` integer,
	`height` integer,
	`has_picture` integer,
	`image_set` text,
	`storyboard_sheets` integer DEFAULT 0 NOT NULL,
	`encode_percent` integer,
	`playable_at_ms` integer,
	`ready_at_ms` integer,
	`created_at_ms` integer NOT NULL,
	`updated_at_ms` integer NOT NULL,
	`deleted_at_ms` integer, `poster_choices` integer DEFAULT 0 NOT NULL, `poster_best` integer DEFAULT 0 NOT NULL, `poster_set` text, `poster_choice` integer, `waveform_set` text,
	FOREIGN KEY (`owner_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`library_id`) REFERENCES `libraries`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
CREATE TABLE `watch_progress` (
	`user_id` text NOT NULL,
	`video_id` text NOT NULL,
	`position_ms` integer NOT NULL,
	`finished` integer NOT NULL,
	`updated_at_ms` integer NOT NULL,
	PRIMARY KEY(`user_id`, `video_id`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`video_id`) REFERENCES `videos`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
CREATE TABLE `captions` (
	`id` text PRIMARY KEY NOT NULL,
	`video_id` text NOT NULL,
	`source_id` text,
	`origin` text NOT NULL,
	`stream_index` integer,
	`codec` text,
	`path` text,
	`size_bytes` integer,
	`modified_at_ms` integer,
	`format` text NOT NULL,
	`language` text,
	`title` text,
	`is_default` integer NOT NULL,
	`is_forced` integer NOT NULL,
	`is_sdh` integer NOT NULL,
	`state` text NOT NULL,
	`failure` text,
	`encoding` text,
	`fonts` text,
	`burnt_rendition_id` text,
	`position` integer NOT NULL,
	`created_at_ms` integer NOT NULL,
	FOREIGN KEY (`video_id`) REFERENCES `videos`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`source_id`) REFERENCES `sources`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`burnt_rendition_id`) REFERENCES `renditions`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
INSERT INTO "_migrations" ("name", "sha256", "applied_at_ms") VALUES ('0001_init', '7523faf36757d468332b0a8433e51e14e00590222eafcf4c59d2764750b7e722', 1767225600000);
INSERT INTO "_migrations" ("name", "sha256", "applied_at_ms") VALUES ('0002_captions', '2d90beddc58c294ce12644515b6dc91c7ae523fc5fa16d4b98caef4ffe59ae02', 1767225600000);
INSERT INTO "_migrations" ("name", "sha256", "applied_at_ms") VALUES ('0003_pictures-and-sound', '0deb6a242eb15af392d3508ffa90ac39c246035513c1cf0dadaaf4491be63906', 1767225600000);
INSERT INTO "jobs" ("id", "name", "lane", "state", "payload", "video_id", "dedupe_key", "priority", "attempts", "max_attempts", "run_after_ms", "lease_owner", "lease_until_ms", "percent", "eta_ms", "error", "log", "created_at_ms", "started_at_ms", "finished_at_ms") VALUES ('GHnN116qG31agP', 'videos.probe', 'probe', 'done', '{"videoId":"HmpMXgykEkvqr5"}', 'HmpMXgykEkvqr5', 'probe HmpMXgykEkvqr5', 10, 1, 30, 1795439765237, NULL, NULL, 100, NULL, NULL, NULL, 1795439765237, 1795439765238, 1795439765415);
INSERT INTO "jobs" ("id", "name", "lane", "state", "payload", "video_id", "dedupe_key", "priority", "attempts", "max_attempts", "run_after_ms", "lease_owner", "lease_until_ms", "percent", "eta_ms", "error", "log", "created_at_ms", "started_at_ms", "finished_at_ms") VALUES ('JobFailed00000', 'videos.probe', 'probe', 'failed', '{"videoId":"Vid3Failed0000"}', 'Vid3Failed0000', 'probe Vid3Failed0000', 10, 1, 30, 1795439765237, NULL, NULL, 100, NULL, 'This file is damaged. Try another copy.', 'moov atom not found', 1795439765237, 1795439765238, 1795439765415);
INSERT INTO "jobs" ("id", "name", "lane", "state", "payload", "video_id", "dedupe_key", "priority", "attempts", "max_attempts", "run_after_ms", "lease_owner", "lease_until_ms", "percent", "eta_ms", "error", "log", "created_at_ms", "started_at_ms", "finished_at_ms") VALUES ('JobQueued00000', 'videos.fill', 'encode', 'queued', '{"videoId":"Vid2Library000"}', 'Vid2Library000', 'fill Vid2Library000', 10, 0, 30, 1795439765237, NULL, NULL, NULL, NULL, NULL, NULL, 1795439765237, NULL, NULL);
INSERT INTO "jobs" ("id", "name", "lane", "state", "payload", "video_id", "dedupe_key", "priority", "attempts", "max_attempts", "run_after_ms", "lease_owner", "lease_until_ms", "percent", "eta_ms", "error", "log", "created_at_ms", "started_at_ms", "finished_at_ms") VALUES ('TTkpmcz8EexWd6', 'videos.sound', 'image', 'done', '{"videoId":"HmpMXgykEkvqr5"}', 'HmpMXgykEkvqr5', 'sound HmpMXgykEkvqr5', -5, 1, 30, 1795439765413, NULL, NULL, 100, NULL, NULL, NULL, 1795439765413, 1795439765863, 1795439765956);
INSERT INTO "jobs" ("id", "name", "lane", "state", "payload", "video_id", "dedupe_key", "priority", "attempts", "max_attempts", "run_after_ms", "lease_owner", "lease_until_ms", "percent", "eta_ms", "error", "log", "created_at_ms", "started_at_ms", "finished_at_ms") VALUES ('ZAj61V6Jp891KN', 'videos.images', 'image', 'done', '{"videoId":"HmpMXgykEkvqr5"}', 'HmpMXgykEkvqr5', 'images HmpMXgykEkvqr5', 0, 1, 30, 1795439765413, NULL, NULL, 100, NULL, NULL, NULL, 1795439765413, 1795439765416, 1795439765862);
INSERT INTO "jobs" ("id", "name", "lane", "state", "payload", "video_id", "dedupe_key", "priority", "attempts", "max_attempts", "run_after_ms", "lease_owner", "lease_until_ms", "percent", "eta_ms", "error", "log", "created_at_ms", "started_at_ms", "finished_at_ms") VALUES ('caption177d781c7a5b3a30', 'captions.extract', 'caption', 'queued', '{"videoId":"Vid2Library000"}', 'Vid2Library000', NULL, 0, 0, 10, 0, NULL, NULL, NULL, NULL, NULL, NULL, 1795439765237, NULL, NULL);
INSERT INTO "libraries" ("id", "name", "kind", "from_config", "scanned_at_ms", "created_at_ms", "deleted_at_ms") VALUES ('Lib1Films00000', 'Films', 'movies', 1, 1760000000000, 1760000000000, NULL);
INSERT INTO "library_folders" ("id", "library_id", "path", "online") VALUES ('Fold1Films0000', 'Lib1Films00000', '/srv/films', 1);
INSERT INTO "library_folders" ("id", "library_id", "path", "online") VALUES ('Fold2Films0000', 'Lib1Films00000', '/srv/more films', 0);
INSERT INTO "renditions" ("id", "video_id", "source_id", "position", "spec", "policy", "watched_at_ms", "created_at_ms") VALUES ('RendEnc1', 'Vid2Library000', 'Src2Library000', 1, '{"kind":"video","mode":"encoded","trackIndex":0,"label":"144p","codecString":"avc1.640015","codec":"h264","bitrateKbps":380,"peakKbps":384,"keyFrames":{"bitrateKbps":17,"peakKbps":27},"grid":"regular","why":"Encoded for slower connections.","width":256,"height":144,"frameRate":30,"range":"sdr","level":null,"alone":false}', 'lazy', 1760000000030, 1760000000000);
INSERT INTO "renditions" ("id", "video_id", "source_id", "position", "spec", "policy", "watched_at_ms", "created_at_ms") VALUES ('SPgFeJex', 'HmpMXgykEkvqr5', 'RJvYE6AvQKksT1', 1, '{"kind":"audio","trackIndex":1,"label":"Sound","grid":"source","language":null,"title":null,"isDefault":true,"mode":"copied","codec":"aac","codecString":"mp4a.40.2","bitrateKbps":104,"peakKbps":104,"channels":1,"sampleRate":48000,"why":"Copied: AAC plays in every browser, so the original is cut into segments untouched."}', 'eager', 1760000000020, 1795439765412);
INSERT INTO "renditions" ("id", "video_id", "source_id", "position", "spec", "policy", "watched_at_ms", "created_at_ms") VALUES ('hgG0QPFZ', 'HmpMXgykEkvqr5', 'RJvYE6AvQKksT1', 0, '{"kind":"video","mode":"copied","trackIndex":0,"label":"240p","codecString":"avc1.640015","codec":"h264","bitrateKbps":380,"peakKbps":384,"keyFrames":{"bitrateKbps":17,"peakKbps":27},"grid":"source","why":"Copied: H.264 plays in every browser, so the original is cut into segments untouched.","width":426,"height":240,"frameRate":30,"range":"sdr","level":null,"alone":false}', 'eager', 1760000000020, 1795439765412);
INSERT INTO "sessions" ("token_hash", "user_id", "created_at_ms", "expires_at_ms", "user_agent") VALUES ('f953558426677596c6092a34113379d6c5275a71adfae4d421ac30f1fc93cb9f', 'jACrzwAf49qYzM', 1795439765159, 1798031765159, 'node');
INSERT INTO "setup_tokens" ("token_hash", "created_at_ms", "used_at_ms") VALUES ('e3b98a4da31a127d4bde6e43033f66ba274cab0eb7eb1c70ec41402bf6273dd8', 1795439765047, 1795439765158);
INSERT INTO "sources" ("id", "video_id", "kind", "location", "size_bytes", "modified_at_ms", "missing", "info", "timeline", "created_at_ms", "loudness") VALUES ('RJvYE6AvQKksT1', 'HmpMXgykEkvqr5', 'stored', 'videos/HmpMXgykEkvqr5/source/original', 361630, 1795439765236, 0, '{"container":{"name":"mp4","demuxer":"mov","mime":"video/mp4","extension":"mp4"},"durationSec":6,"startSec":0,"bitrateKbps":482,"video":[{"kind":"video","index":0,"ordinal":0,"codec":"h264","profile":"High","level":21,"pixelFormat":"yuv420p","bitDepth":8,"chroma":"420","codedWidth":426,"codedHeight":240,"rotation":0,"width":426,"height":240,"frameRate":30,"interlaced":false,"reorderFrames":2,"range":"sdr","colorSpace":null,"colorPrimaries":null,"colorTransfer":null,"hasAlpha":false,"bitrateKbps":375,"startSec":0,"firstPacketSec":0,"isDefault":true,"language":null}],"audio":[{"kind":"audio","index":1,"ordinal":0,"codec":"aac","profile":"LC","channels":1,"sampleRate":48000,"bitrateKbps":96,"startSec":0,"firstPacketSec":-0.021333,"language":null,"title":null,"isDefault":true}],"subtitles":[],"covers":[],"chapters":[],"title":null,"artist":null,"album":null}', '{"packagerOriginSec":0,"ffmpegOriginSec":0,"audioShiftSec":{},"durationUs":6000000,"source":{"boundariesUs":[0,4000000,6000000],"keysUs":[0,4000000],"sparse":false},"regularUs":[0,1000000,2000000,4000000,6000000],"pictureUs":{"start":0,"end":6000000}}', 1795439765237, '{"1":{"integratedLufs":-18.8,"truePeakDb":-16.3,"rangeLu":0}}');
INSERT INTO "sources" ("id", "video_id", "kind", "location", "size_bytes", "modified_at_ms", "missing", "info", "timeline", "created_at_ms", "loudness") VALUES ('Src2Library000', 'Vid2Library000', 'inPlace', '/srv/films/old film.mkv', 361630, 1795439765236, 1, '{"container":{"name":"mp4","demuxer":"mov","mime":"video/mp4","extension":"mp4"},"durationSec":6,"startSec":0,"bitrateKbps":482,"video":[{"kind":"video","index":0,"ordinal":0,"codec":"h264","profile":"High","level":21,"pixelFormat":"yuv420p","bitDepth":8,"chroma":"420","codedWidth":426,"codedHeight":240,"rotation":0,"width":426,"height":240,"frameRate":30,"interlaced":false,"reorderFrames":2,"range":"sdr","colorSpace":null,"colorPrimaries":null,"colorTransfer":null,"hasAlpha":false,"bitrateKbps":375,"startSec":0,"firstPacketSec":0,"isDefault":true,"language":null}],"audio":[{"kind":"audio","index":1,"ordinal":0,"codec":"aac","profile":"LC","channels":1,"sampleRate":48000,"bitrateKbps":96,"startSec":0,"firstPacketSec":-0.021333,"language":null,"title":null,"isDefault":true}],"subtitles":[{"kind":"subtitle","index":2,"ordinal":0,"codec":"subrip","language":"en","title":null,"isDefault":true,"isForced":false,"isSdh":false}],"covers":[],"chapters":[],"title":null,"artist":null,"album":null}', '{"packagerOriginSec":0,"ffmpegOriginSec":0,"audioShiftSec":{},"durationUs":6000000,"source":{"boundariesUs":[0,4000000,6000000],"keysUs":[0,4000000],"sparse":false},"regularUs":[0,1000000,2000000,4000000,6000000],"pictureUs":{"start":0,"end":6000000}}', 1795439765237, NULL);
INSERT INTO "users" ("id", "username", "email", "password_hash", "role", "created_at_ms", "deleted_at_ms") VALUES ('User2Bob000000', 'bob', 'bob@example.org', '$argon2id$v=19$m=19456,t=2,p=1$kmq0pzuBxj1e8h0j9XZ2BQ$YC1dtcouSPhrtYyXXP9UoqSMhyvUtIBwxZF4hwJb8PQ', 'member', 1795439765159, 1760000005000);
INSERT INTO "users" ("id", "username", "email", "password_hash", "role", "created_at_ms", "deleted_at_ms") VALUES ('jACrzwAf49qYzM', 'ada', 'ada@example.org', '$argon2id$v=19$m=19456,t=2,p=1$kmq0pzuBxj1e8h0j9XZ2BQ$YC1dtcouSPhrtYyXXP9UoqSMhyvUtIBwxZF4hwJb8PQ', 'admin', 1795439765159, NULL);
INSERT INTO "videos" ("id", "title", "description", "origin", "state", "failure", "visibility", "owner_id", "library_id", "filename", "size_bytes", "received_bytes", "duration_ms", "width", "height", "has_picture", "image_set", "storyboard_sheets", "encode_percent", "playable_at_ms", "ready_at_ms", "created_at_ms", "updated_at_ms", "deleted_at_ms", "poster_choices", "poster_best", "poster_set", "poster_choice", "waveform_set") VALUES ('HmpMXgykEkvqr5', 'first', '', 'upload', 'ready', NULL, 'private', 'jACrzwAf49qYzM', NULL, 'first.mp4', 361630, NULL, 6000, 426, 240, 1, 'sFwpFXm0', 1, NULL, 1795439765412, 1795439765412, 1795439765171, 1795439765956, NULL, 3, 2, 'OwnPoster', 1, NULL);
INSERT INTO "videos" ("id", "title", "description", "origin", "state", "failure", "visibility", "owner_id", "library_id", "filename", "size_bytes", "received_bytes", "duration_ms", "width", "height", "has_picture", "image_set", "storyboard_sheets", "encode_percent", "playable_at_ms", "ready_at_ms", "created_at_ms", "updated_at_ms", "deleted_at_ms", "poster_choices", "poster_best", "poster_set", "poster_choice", "waveform_set") VALUES ('Vid2Library000', 'Ünïcode “film” — it''s old', 'Two
lines', 'library', 'ready', NULL, 'internal', NULL, 'Lib1Films00000', 'old film.mkv', 361630, NULL, 6000, 426, 240, 1, 'Set2', 1, NULL, 1795439765412, 1795439765412, 1760000000001, 1795439765956, NULL, 0, 0, NULL, NULL, 'Wave1');
INSERT INTO "videos" ("id", "title", "description", "origin", "state", "failure", "visibility", "owner_id", "library_id", "filename", "size_bytes", "received_bytes", "duration_ms", "width", "height", "has_picture", "image_set", "storyboard_sheets", "encode_percent", "playable_at_ms", "ready_at_ms", "created_at_ms", "updated_at_ms", "deleted_at_ms", "poster_choices", "poster_best", "poster_set", "poster_choice", "waveform_set") VALUES ('Vid3Failed0000', 'broken', '', 'upload', 'failed', 'This file is damaged. Try another copy.', 'private', 'jACrzwAf49qYzM', NULL, 'first.mp4', 361630, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 1795439765171, 1795439765956, NULL, 0, 0, NULL, NULL, NULL);
INSERT INTO "videos" ("id", "title", "description", "origin", "state", "failure", "visibility", "owner_id", "library_id", "filename", "size_bytes", "received_bytes", "duration_ms", "width", "height", "has_picture", "image_set", "storyboard_sheets", "encode_percent", "playable_at_ms", "ready_at_ms", "created_at_ms", "updated_at_ms", "deleted_at_ms", "poster_choices", "poster_best", "poster_set", "poster_choice", "waveform_set") VALUES ('Vid4Deleted000', 'gone', '', 'upload', 'ready', NULL, 'private', 'jACrzwAf49qYzM', NULL, 'first.mp4', 361630, NULL, 6000, 426, 240, 1, 'sFwpFXm0', 1, NULL, 1795439765412, 1795439765412, 1795439765171, 1795439765956, 1760000009000, 0, 0, NULL, NULL, NULL);
INSERT INTO "watch_progress" ("user_id", "video_id", "position_ms", "finished", "updated_at_ms") VALUES ('User2Bob000000', 'Vid2Library000', 5999, 1, 1760000000000);
INSERT INTO "watch_progress" ("user_id", "video_id", "position_ms", "finished", "updated_at_ms") VALUES ('jACrzwAf49qYzM', 'HmpMXgykEkvqr5', 2000, 0, 1795439765425);
INSERT INTO "captions" ("id", "video_id", "source_id", "origin", "stream_index", "codec", "path", "size_bytes", "modified_at_ms", "format", "language", "title", "is_default", "is_forced", "is_sdh", "state", "failure", "encoding", "fonts", "burnt_rendition_id", "position", "created_at_ms") VALUES ('CapEmbedded000', 'Vid2Library000', 'Src2Library000', 'embedded', 2, 'subrip', NULL, NULL, NULL, 'vtt', 'en', NULL, 1, 0, 0, 'ready', NULL, NULL, NULL, NULL, 0, 1760000000000);
INSERT INTO "captions" ("id", "video_id", "source_id", "origin", "stream_index", "codec", "path", "size_bytes", "modified_at_ms", "format", "language", "title", "is_default", "is_forced", "is_sdh", "state", "failure", "encoding", "fonts", "burnt_rendition_id", "position", "created_at_ms") VALUES ('CapOwn00000000', 'HmpMXgykEkvqr5', NULL, 'uploaded', NULL, 'subrip', NULL, NULL, NULL, 'vtt', 'en', 'Director''s', 1, 0, 0, 'ready', NULL, NULL, NULL, NULL, 0, 1760000000000);
INSERT INTO "captions" ("id", "video_id", "source_id", "origin", "stream_index", "codec", "path", "size_bytes", "modified_at_ms", "format", "language", "title", "is_default", "is_forced", "is_sdh", "state", "failure", "encoding", "fonts", "burnt_rendition_id", "position", "created_at_ms") VALUES ('CapPictures000', 'Vid2Library000', 'Src2Library000', 'embedded', 3, 'dvd_subtitle', NULL, NULL, NULL, 'picture', NULL, NULL, 1, 0, 0, 'failed', 'This track is empty.', NULL, NULL, 'RendEnc1', 2, 1760000000000);
INSERT INTO "captions" ("id", "video_id", "source_id", "origin", "stream_index", "codec", "path", "size_bytes", "modified_at_ms", "format", "language", "title", "is_default", "is_forced", "is_sdh", "state", "failure", "encoding", "fonts", "burnt_rendition_id", "position", "created_at_ms") VALUES ('CapSidecar0000', 'Vid2Library000', 'Src2Library000', 'sidecar', 0, 'subrip', '/srv/films/old film.de.ass', 900, 1760000000000, 'ass', 'de', NULL, 1, 0, 0, 'ready', NULL, 'windows-1252', '["Some Font.ttf"]', NULL, 1, 1760000000000);
CREATE INDEX `jobs_claim` ON `jobs` (`lane`,`state`,"priority" desc,`run_after_ms`);
CREATE UNIQUE INDEX `jobs_dedupe` ON `jobs` (`dedupe_key`) WHERE "jobs"."state" in ('queued', 'running');
CREATE INDEX `jobs_video` ON `jobs` (`video_id`);
CREATE INDEX `jobs_list` ON `jobs` (`state`,`created_at_ms`,`id`);
CREATE INDEX `jobs_lane` ON `jobs` (`lane`,`created_at_ms`,`id`);
CREATE INDEX `jobs_all` ON `jobs` (`created_at_ms`,`id`);
CREATE INDEX `libraries_live` ON `libraries` (`created_at_ms`,`id`) WHERE "libraries"."deleted_at_ms" is null;
CREATE UNIQUE INDEX `library_folders_path` ON `library_folders` (`library_id`,`path`);
CREATE INDEX `renditions_video` ON `renditions` (`video_id`,`position`);
CREATE INDEX `renditions_source` ON `renditions` (`source_id`);
CREATE INDEX `renditions_cache` ON `renditions` (`policy`,`watched_at_ms`);
CREATE INDEX `sessions_user` ON `sessions` (`user_id`);
CREATE INDEX `sessions_expiry` ON `sessions` (`expires_at_ms`);
CREATE INDEX `sources_video` ON `sources` (`video_id`);
CREATE UNIQUE INDEX `sources_in_place` ON `sources` (`location`) WHERE "sources"."kind" = 'inPlace';
CREATE UNIQUE INDEX `users_username` ON `users` (lower("username"));
CREATE UNIQUE INDEX `users_email` ON `users` (lower("email"));
CREATE INDEX `videos_newest` ON `videos` (`created_at_ms`,`id`) WHERE "videos"."deleted_at_ms" is null;
CREATE INDEX `videos_visible` ON `videos` (`visibility`,`created_at_ms`,`id`) WHERE "videos"."deleted_at_ms" is null;
CREATE INDEX `videos_owner` ON `videos` (`owner_id`,`created_at_ms`,`id`) WHERE "videos"."deleted_at_ms" is null;
CREATE INDEX `videos_library` ON `videos` (`library_id`,`created_at_ms`,`id`) WHERE "videos"."deleted_at_ms" is null;
CREATE INDEX `videos_state` ON `videos` (`state`,`created_at_ms`) WHERE "videos"."deleted_at_ms" is null;
CREATE INDEX `videos_deleted` ON `videos` (`deleted_at_ms`) WHERE "videos"."deleted_at_ms" is not null;
CREATE INDEX `watch_progress_continue` ON `watch_progress` (`user_id`,`updated_at_ms`) WHERE "watch_progress"."finished" = 0;
CREATE INDEX `watch_progress_video` ON `watch_progress` (`video_id`);
CREATE INDEX `captions_video` ON `captions` (`video_id`,`position`);
CREATE INDEX `captions_source` ON `captions` (`source_id`);
CREATE INDEX `captions_burnt` ON `captions` (`burnt_rendition_id`);
CREATE UNIQUE INDEX `captions_path` ON `captions` (`source_id`,`path`,`stream_index`) WHERE "captions"."path" is not null;
