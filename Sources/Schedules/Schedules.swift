// placeholder replaced by the first file of the target
