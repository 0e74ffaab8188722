"""The pictures of a render: filters, colors, encoders and sizes."""
