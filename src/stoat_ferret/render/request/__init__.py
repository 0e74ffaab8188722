"""The request for a render: preset, clips and options, validated without opening any file."""
