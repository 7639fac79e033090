-- What was measured and chosen.
UPDATE "sources" SET "loudness" = '{"1":{"integratedLufs":-18.8,"truePeakDb":-16.3,"rangeLu":0}}' WHERE "id" = 'RJvYE6AvQKksT1';
UPDATE "videos" SET "poster_choices" = 3, "poster_best" = 2, "poster_set" = 'OwnPoster', "poster_choice" = 1 WHERE "id" = 'HmpMXgykEkvqr5';
UPDATE "videos" SET "waveform_set" = 'Wave1' WHERE "id" = 'Vid2Library000';
