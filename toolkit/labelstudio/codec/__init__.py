"""Label Studio's formats: its result JSON to and from records, the labelling page, exports."""
