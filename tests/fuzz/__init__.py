"""Inputs nobody would write: whatever comes in, a plan or a told problem comes out."""
