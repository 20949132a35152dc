mod contact;
