"""The developers' drawer 开发抽屉: a window beside a simulated terminal. Only ``kiosk.demo`` opens it; no release holds it."""
