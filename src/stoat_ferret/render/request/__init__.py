"""The request for a render: preset, clips and options, validated without any file."""
