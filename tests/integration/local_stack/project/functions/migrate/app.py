"""Makes a table and counts its own calls in it."""

import json
import os

import boto3
import pg8000.dbapi


def connect():
    secret = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["DATABASE_SECRET_ARN"])
    admin = json.loads(secret["SecretString"])
    connection = pg8000.dbapi.connect(
        admin["username"],
        host=admin["host"],
        port=admin["port"],
        database=admin["dbname"],
        password=admin["password"],
    )
    connection.autocommit = True
    return connection


def handler(event, context):
    if event["command"] != "up":
        raise ValueError("This trial can only go up.")
    cursor = connect().cursor()
    cursor.execute("CREATE TABLE IF NOT EXISTS called (what text, at timestamptz DEFAULT now())")
    cursor.execute("INSERT INTO called (what) VALUES ('migrate')")
    return {"ok": True}
