"""What a machine runs: a Model lowered to LLVM IR kernels, compiled in process and cached."""
